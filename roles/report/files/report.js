// SPDX-FileCopyrightText: The honeyops.access contributors
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
// Shows the people of the report: only those in sight are in the document, so that thousands of them filter and scroll at once.
(() => {
  const small = matchMedia("(max-width: 640px)");
  const height = () => (small.matches ? 96 : 50); // of a row, as in the style
  const SPARE = 8; // rows kept ready above and below those in sight
  const ROLE = 0, STATE = 1, DAY = 2, STRONG = 3, LATE = 4, DRIFT = 5, KEYS = 6, TEAMS = 7;
  const PENDING = 1, ABSENT = 2;
  const data = JSON.parse(document.getElementById("data").textContent);
  const view = document.getElementById("window");
  const table = document.getElementById("matrix");
  const body = table.tBodies[0];
  const input = document.getElementById("filter");
  const group = document.getElementById("group") || { value: "", options: [] }; // only where the roster has groups
  const told = document.getElementById("count");
  const dialog = document.getElementById("person");
  const compare = new Intl.Collator("en", { sensitivity: "base", numeric: true }).compare;
  const figure = new Intl.NumberFormat("en").format;

  const rows = data.people.map(([email, name, addresses, only, changed, places, groups], index) => {
    const cells = places.map((place) => (place < 0 ? null : data.cells[place]));
    const held = cells.filter(Boolean);
    const there = held.filter((cell) => cell[STATE] !== ABSENT);
    const words = [email, name, ...addresses];
    cells.forEach((cell, column) => {
      if (cell) words.push(cell[ROLE], data.columns[column][0], data.columns[column][1], ...cell[DRIFT].map((d) => data.kinds[d[0]]));
    });
    return {
      index, email, name, addresses, only, cells, groups, changed: (changed & 1) === 1, came: (changed & 2) === 2,
      count: there.length,
      strong: there.some((cell) => cell[STRONG]),
      pending: there.some((cell) => cell[STATE] === PENDING),
      late: held.some((cell) => cell[LATE]),
      drift: held.some((cell) => cell[DRIFT].length),
      keys: held.some((cell) => cell[KEYS].length),
      text: words.join(" ").toLowerCase(),
    };
  });

  const shows = [
    ["all", "All", () => true],
    ["drift", "Drift", (row) => row.drift],
    ["strong", "Admins and owners", (row) => row.strong],
    ["pending", "Pending", (row) => row.pending],
    ["late", "Pending too long", (row) => row.late],
    ["only", "One service only", (row) => row.only !== ""],
    ["keys", "With keys", (row) => row.keys],
    ["changed", "Changed", (row) => row.changed],
    ["new", "Joined since the review", (row) => row.came],
  ];
  let show = shows[0];
  let sorted = rows;
  let shown = rows;
  let everything = false; // on paper all rows are needed

  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const isolated = (text) => make("bdi", "", text);
  const plural = (count, word) => `${figure(count)} ${word}${count === 1 ? "" : "s"}`;

  const patterns = new Map(); // many people have the same access: a copy is made faster than a new one
  function cellOf(cell) {
    if (!patterns.has(cell)) patterns.set(cell, newCell(cell));
    return patterns.get(cell).cloneNode(true);
  }

  function newCell(cell) {
    const td = make("td");
    if (!cell) {
      td.className = "none";
      td.append("\u2013");
      return td;
    }
    if (cell[STATE] === 0 && !cell[STRONG] && !cell[DRIFT].length && !cell[KEYS].length) {
      td.append(cell[ROLE] || "no role"); // the shortest way, since most cells are like this
      return td;
    }
    const box = make("div");
    if (cell[STATE] !== ABSENT) box.append(make("span", cell[STRONG] ? "chip strong" : "role", cell[ROLE] || "no role"));
    if (cell[STATE] === PENDING) {
      const days = cell[DAY] === null ? "" : ` ${Math.max(0, data.today - cell[DAY])} d`;
      box.append(make("span", cell[LATE] ? "chip late" : "chip wait", `pending${days}`));
    }
    for (const [kind] of cell[DRIFT]) box.append(make("span", "chip bad", data.kinds[kind]));
    if (cell[KEYS].length) box.append(make("span", "key", plural(cell[KEYS].length, "key")));
    td.append(box);
    return td;
  }

  function rowOf(row, position) {
    const tr = make("tr");
    tr.setAttribute("aria-rowindex", String(position + 2));
    const head = make("th");
    head.scope = "row";
    const who = make("button", "who", row.email || "no address");
    who.type = "button";
    who.title = row.email;
    who.dataset.index = String(row.index);
    who.setAttribute("aria-haspopup", "dialog");
    head.append(who);
    if (row.name || row.only) {
      const name = make("span", "name");
      name.append(isolated(row.name));
      if (row.only) name.append(make("span", "only", `${data.services[row.only]} only`));
      head.append(name);
    }
    if (small.matches) tr.append(head, summaryOf(row));
    else tr.append(head, make("td", "", String(row.count)), ...row.cells.map(cellOf));
    return tr;
  }

  // On a narrow screen a row is a card: what somebody has, counted, and what is wrong with it first.
  function summaryOf(row) {
    const counts = new Map();
    const count = (className, text) => {
      const key = `${className} ${text}`;
      counts.set(key, { className, text, times: (counts.get(key)?.times ?? 0) + 1 });
    };
    for (const cell of row.cells.filter(Boolean)) {
      for (const [kind] of cell[DRIFT]) count("chip bad", data.kinds[kind]);
      if (cell[STATE] === PENDING) count(cell[LATE] ? "chip late" : "chip wait", "pending");
      if (cell[STATE] !== ABSENT) count(cell[STRONG] ? "chip strong" : "chip", cell[ROLE] || "no role");
    }
    const rank = (one) => ["chip bad", "chip strong", "chip late", "chip wait", "chip"].indexOf(one.className);
    const td = make("td", "summary");
    const box = make("div");
    for (const one of [...counts.values()].sort((a, b) => rank(a) - rank(b))) {
      box.append(make("span", one.className, one.times > 1 ? `${one.text} \u00d7 ${one.times}` : one.text));
    }
    td.append(box);
    return td;
  }

  const above = make("tr", "pad");
  const below = make("tr", "pad");
  for (const pad of [above, below]) {
    const td = make("td");
    td.colSpan = data.columns.length + 2;
    pad.setAttribute("aria-hidden", "true");
    pad.append(td);
  }
  let drawn = new Map(); // position -> row in the document

  function draw() {
    const last = shown.length;
    const from = everything ? 0 : Math.max(0, Math.min(last, Math.floor(view.scrollTop / height())) - SPARE);
    const to = everything ? last : Math.min(last, from + Math.ceil(view.clientHeight / height()) + 2 * SPARE);
    for (const [position, tr] of drawn) {
      if ((position < from || position >= to) && !tr.contains(document.activeElement)) {
        tr.remove();
        drawn.delete(position);
      }
    }
    let next = below;
    for (let position = to - 1; position >= from; position -= 1) {
      let tr = drawn.get(position);
      if (!tr) {
        tr = rowOf(shown[position], position);
        drawn.set(position, tr);
        body.insertBefore(tr, next);
      }
      next = tr;
    }
    above.firstChild.style.height = `${from * height()}px`;
    below.firstChild.style.height = `${(last - to) * height()}px`;
  }

  function redraw() {
    drawn = new Map();
    body.replaceChildren(above, below);
    if (!shown.length) {
      const tr = make("tr", "nobody");
      const td = make("td", "", "Nobody matches.");
      td.colSpan = data.columns.length + 2;
      tr.append(td);
      body.insertBefore(tr, below);
    }
    table.setAttribute("aria-rowcount", String(shown.length + 1));
    draw();
  }

  const everybody = told.textContent;
  let speaking = 0;
  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = group.value === "" ? null : Number(group.value);
    shown = sorted.filter((row) => show[2](row) && (chosen === null || row.groups.includes(chosen)) && words.every((word) => row.text.includes(word)));
    view.scrollTop = 0;
    redraw();
    keep();
    clearTimeout(speaking);
    const text = shown.length === rows.length ? everybody : `${figure(shown.length)} of ${figure(rows.length)} people`;
    speaking = setTimeout(() => { told.textContent = text; }, 150);
  }

  // What is shown stands in the address, so that a link to it can be sent.
  function keep() {
    const state = new URLSearchParams();
    if (show !== shows[0]) state.set("show", show[0]);
    if (group.value !== "") state.set("group", group.value);
    if (input.value.trim()) state.set("find", input.value.trim());
    const hash = state.toString();
    if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }

  function follow() {
    const state = new URLSearchParams(location.hash.slice(1));
    if (!["show", "find", "group"].some((name) => state.has(name))) return false;
    group.value = [...group.options].some((one) => one.value === state.get("group")) ? state.get("group") : "";
    show = shows.find(([name]) => name === state.get("show")) || shows[0];
    input.value = state.get("find") || "";
    for (const radio of document.querySelectorAll(".show input")) radio.checked = radio.value === show[0];
    filter();
    return true;
  }

  const rank = (cell) => (!cell ? 9 : cell[STATE] === ABSENT ? 5 : cell[STATE] === PENDING ? 3 : cell[STRONG] ? 1 : 2);
  function sort(column, down) {
    const byEmail = (a, b) => (a.email === "") - (b.email === "") || compare(a.email, b.email);
    const order = column === 0 ? byEmail
      : column === 1 ? (a, b) => b.count - a.count
        : (a, b) => rank(a.cells[column - 2]) - rank(b.cells[column - 2])
          || compare((a.cells[column - 2] || [""])[ROLE], (b.cells[column - 2] || [""])[ROLE]);
    sorted = [...rows].sort((a, b) => (down ? -order(a, b) : order(a, b)) || byEmail(a, b));
    filter();
  }

  // On a narrow screen there are cards in place of columns, and a list in place of their heads.
  const sorting = document.getElementById("sorting");
  function turn(column, down) {
    [...table.tHead.rows[0].cells].forEach((th, index) => {
      th.setAttribute("aria-sort", index !== column ? "none" : down ? "descending" : "ascending");
    });
    sorting.value = `${column} ${Number(down)}`;
    sort(column, down);
  }

  function headers() {
    const group = make("colgroup");
    const widths = [300, 92, ...data.columns.map(() => 200)];
    for (const width of widths) {
      const col = make("col");
      col.style.width = `${width}px`;
      group.append(col);
    }
    table.caption.after(group);
    table.style.minWidth = `${widths.reduce((sum, width) => sum + width)}px`;
    [...table.tHead.rows[0].cells].forEach((th, column) => {
      const button = make("button");
      button.type = "button";
      button.append(...(th.children.length ? [...th.children] : [make("span", "", th.textContent)]));
      th.replaceChildren(button);
      th.setAttribute("aria-sort", column === 0 ? "ascending" : "none");
      button.addEventListener("click", () => turn(column, th.getAttribute("aria-sort") === "ascending"));
      for (const [down, arrow] of ["\u2191", "\u2193"].entries()) {
        const option = make("option", "", `${[...button.children].map((part) => part.textContent).join(" ")} ${arrow}`);
        option.value = `${column} ${down}`;
        sorting.append(option);
      }
    });
    sorting.addEventListener("change", () => {
      const [column, down] = sorting.value.split(" ").map(Number);
      turn(column, down === 1);
    });
    table.tHead.rows[0].setAttribute("aria-rowindex", "1");
  }

  function choices() {
    const set = document.querySelector(".show");
    for (const choice of shows) {
      const [name, title, test] = choice;
      const count = rows.filter(test).length;
      if (!count && name !== "all") continue;
      const label = make("label");
      const radio = make("input");
      radio.type = "radio";
      radio.name = "show";
      radio.value = name;
      radio.checked = name === "all";
      radio.addEventListener("change", () => { show = choice; filter(); });
      label.append(radio, title, make("b", "", figure(count)));
      set.append(label);
    }
  }

  const dateOf = (day) => (day === null ? "" : new Date(day * 864e5).toISOString().slice(0, 10));
  function details(row) {
    const head = make("header");
    const title = make("div");
    const heading = make("h2", "", row.email || "no address");
    heading.id = "person-title";
    title.append(heading);
    if (row.name) title.append(isolated(row.name));
    if (row.addresses.length) title.append(make("p", "quiet", `Also ${row.addresses.join(", ")}`));
    const close = make("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", () => dialog.close());
    head.append(title, close);
    const list = make("table");
    const names = make("tr");
    for (const name of ["Where", "Access", "Since", "Teams", "Keys", "Drift"]) {
      const th = make("th", "", name);
      th.scope = "col";
      names.append(th);
    }
    list.append(make("caption", "away", "Access, place by place"));
    list.createTHead().append(names);
    const lines = list.createTBody();
    row.cells.forEach((cell, column) => {
      if (!cell) return;
      const tr = make("tr");
      const where = make("th", "", data.columns[column].slice(0, 2).join(", "));
      where.scope = "row";
      const access = cell[STATE] === ABSENT ? "none" : `${cell[ROLE] || "no role"}${cell[STATE] === PENDING ? ", pending" : ""}`;
      const keys = cell[KEYS].map(([name, disabled]) => name + (disabled ? " (disabled)" : "")).join(", ");
      const drift = cell[DRIFT].map(([kind, wanted]) => data.kinds[kind] + (wanted ? `: ${wanted}` : "")).join("; ");
      tr.append(where, ...[access, dateOf(cell[DAY]), cell[TEAMS].join(", "), keys, drift].map((text) => make("td", "", text)));
      lines.append(tr);
    });
    const scroll = make("div", "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "Access, place by place");
    scroll.append(list);
    dialog.replaceChildren(head, scroll);
    dialog.showModal();
  }

  body.addEventListener("click", (event) => {
    const button = event.target.closest("button.who");
    if (button) details(rows[Number(button.dataset.index)]);
  });
  let waiting = false;
  view.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }, { passive: true });
  input.addEventListener("input", filter);
  group.addEventListener?.("change", filter);
  addEventListener("resize", draw);
  small.addEventListener("change", redraw);
  addEventListener("hashchange", () => {
    if (!follow()) return;
    document.getElementById("people").scrollIntoView();
    input.focus({ preventScroll: true });
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, dialog")) return;
    event.preventDefault();
    input.focus();
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    everything = true;
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
    draw();
  });
  addEventListener("afterprint", () => {
    everything = false;
    for (const details of closed) details.open = false;
    draw();
  });

  headers();
  choices();
  document.querySelector(".controls").hidden = false;
  if (!follow()) redraw();
})();
