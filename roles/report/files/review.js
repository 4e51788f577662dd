// SPDX-FileCopyrightText: The honeyops.access contributors
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";
// Collects a decision on each row. Only rows in sight are in the document, so that a hundred thousand of them scroll at once.
(() => {
  const KEEP = "keep", REVOKE = "revoke", PENDING = "pending";
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const view = at("list"), sheet = at("sheet"), input = at("filter"), me = at("me"), dialog = at("row");
  const figure = new Intl.NumberFormat("en").format;
  const compare = new Intl.Collator("en", { sensitivity: "base", numeric: true }).compare;
  const small = matchMedia("(max-width: 760px)");
  const fold = (text) => text.trim().toLowerCase();

  const rows = data.rows.map(([place, person, kind, since, decision, comment], index) => {
    const [host, service, title, roles] = data.places[place];
    const [email, name, main, others] = data.people[person];
    const [role, status, privileged, teams, keys, because, drift, reviewer] = data.kinds[kind];
    return {
      index, row: index + 1, host, service, title, roles: data.beside.includes(role) ? [] : roles, email, name, main, others, role, status, teams, keys, because, drift,
      since, given: reviewer, reviewer, privileged: privileged === 1, decision: decision || "", comment: comment || "", seen: false,
      first: privileged === 1 || drift !== "",
      text: [email, name, main, host, title, role, status, teams, keys, because, drift, reviewer].join(" ").toLowerCase(),
    };
  });
  let left = rows.filter((row) => !row.decision).length;
  let unsaved = false;

  const shows = [
    ["all", "All", () => true],
    ["left", "To decide", (row) => !row.decision],
    ["strong", "Admins and owners", (row) => row.privileged],
    ["drift", "Drift", (row) => row.drift !== ""],
    ["pending", "Pending", (row) => row.status === PENDING],
    ["keys", "With keys", (row) => row.keys !== ""],
    ["revoke", "Revoked", (row) => row.decision === REVOKE],
    ["role", "Another role", (row) => row.decision !== "" && row.decision !== KEEP && row.decision !== REVOKE],
  ];
  let show = shows[0];

  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const button = (className, text, label) => {
    const element = make("button", className, text);
    element.type = "button";
    if (label) element.setAttribute("aria-label", label);
    return element;
  };
  const plural = (count, word) => `${figure(count)} ${word}${count === 1 ? "" : "s"}`;
  const who = (row) => row.email || row.name || "no address";
  const where = (row) => `${row.title} of ${row.host}`;

  // What is shown: rows below the heads of their groups, each with its place from the top.

  const heights = () => (small.matches ? { group: 58, item: 156 } : { group: 46, item: 56 });
  let items = []; // {group} or {group, row}
  let tops = [0];
  let placeOf = new Map(); // row index -> item
  let current = -1; // index of the row that keys are about

  function arrange() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const whose = at("reviewer").value;
    const byTarget = at("group").value === "target";
    const groups = new Map();
    for (const row of rows) {
      if (!show[2](row) || (whose !== "*" && row.reviewer !== whose.slice(1))) continue;
      if (!words.every((word) => row.text.includes(word))) continue;
      const key = byTarget ? `${row.host} ${row.service}` : row.main || `${row.host} ${row.service} ${row.index}`;
      let group = groups.get(key);
      if (!group) {
        const title = byTarget ? where(row) : who(row) + (row.name && row.email ? `, ${row.name}` : "");
        groups.set(key, (group = { title, byTarget, rows: [], first: false }));
      }
      group.rows.push(row);
      group.first = group.first || row.first;
    }
    const order = [...groups.values()];
    if (!byTarget) order.sort((a, b) => b.first - a.first || compare(a.title, b.title));
    items = [];
    for (const group of order) {
      group.rows.sort((a, b) => b.first - a.first || compare(a.email, b.email) || a.index - b.index);
      items.push({ group });
      for (const row of group.rows) items.push({ group, row });
    }
    place();
  }

  function place() {
    const size = heights();
    tops = new Array(items.length + 1);
    tops[0] = 0;
    placeOf = new Map();
    items.forEach((item, index) => {
      tops[index + 1] = tops[index] + (item.row ? size.item : size.group);
      if (item.row) placeOf.set(item.row.index, index);
    });
    sheet.style.height = `${tops[items.length]}px`;
    view.setAttribute("aria-rowcount", String(items.length));
    if (!placeOf.has(current)) current = items.length ? items.find((item) => item.row).row.index : -1;
    drawn = new Map();
    sheet.replaceChildren();
    if (!items.length) sheet.append(nothing());
    draw();
  }

  function nothing() {
    const row = make("div", "");
    row.setAttribute("role", "row");
    const cell = make("div", "empty", "No row matches.");
    cell.setAttribute("role", "gridcell");
    row.append(cell);
    return row;
  }

  function itemAt(top) {
    let low = 0, high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tops[middle + 1] <= top) low = middle + 1; else high = middle;
    }
    return low;
  }

  let drawn = new Map(); // item index -> element

  function draw() {
    const top = view.scrollTop, bottom = top + view.clientHeight;
    const from = Math.max(0, itemAt(top) - 6), to = Math.min(items.length, itemAt(bottom) + 7);
    for (const [index, element] of drawn) {
      if (index < from || index >= to) { element.remove(); drawn.delete(index); }
    }
    const fresh = document.createDocumentFragment();
    for (let index = from; index < to; index += 1) {
      const item = items[index];
      if (item.row && !item.row.seen && tops[index] >= top - 1 && tops[index + 1] <= bottom + 1 && !document.hidden) {
        item.row.seen = true;
        refreshHead(item.group);
      }
      if (!drawn.has(index)) {
        const element = item.row ? rowOf(item, index) : headOf(item, index);
        drawn.set(index, element);
        fresh.append(element);
      }
    }
    sheet.append(fresh);
    mark();
  }

  function mark() {
    for (const [index, element] of drawn) {
      const now = items[index].row && items[index].row.index === current;
      element.classList.toggle("now", Boolean(now));
    }
    if (current >= 0 && drawn.has(placeOf.get(current))) view.setAttribute("aria-activedescendant", `r${current}`);
    else view.removeAttribute("aria-activedescendant");
  }

  function lineFor(index, className) {
    const element = make("div", className);
    element.setAttribute("role", "row");
    element.setAttribute("aria-rowindex", String(index + 1));
    element.style.top = `${tops[index]}px`;
    return element;
  }

  const cell = (...parts) => {
    const element = make("div");
    element.setAttribute("role", "gridcell");
    element.append(...parts);
    return element;
  };
  const line = (text, className) => {
    const element = make("span", `line ${className || ""}`);
    element.append(make("bdi", "", text));
    return element;
  };

  function headOf(item, index) {
    const element = lineFor(index, "group");
    const title = cell(line(item.group.title));
    const count = make("span", "line less");
    title.append(count);
    const all = button("all", "");
    all.tabIndex = -1;
    all.addEventListener("click", () => keepGroup(item.group));
    element.append(title, cell(all));
    item.group.parts = { count, all };
    refreshHead(item.group);
    return element;
  }

  function refreshHead(group) {
    if (!group.parts) return;
    const open = group.rows.filter((row) => !row.decision);
    const unseen = open.filter((row) => !row.seen).length;
    group.parts.count.textContent = open.length ? `${figure(open.length)} of ${figure(group.rows.length)} to decide` : `${plural(group.rows.length, "row")}, all decided`;
    const { all } = group.parts;
    all.hidden = open.length === 0;
    all.textContent = unseen ? `Keep the rest: ${figure(unseen)} not seen yet` : `Keep the other ${figure(open.length)}`;
    if (small.matches) all.textContent = unseen ? `${figure(unseen)} not seen` : `Keep ${figure(open.length)}`;
    all.setAttribute("aria-disabled", String(unseen > 0));
    all.setAttribute("aria-label", `${all.textContent}, ${group.title}`);
  }

  function rowOf(item, index) {
    const { row, group } = item;
    const element = lineFor(index, "item");
    element.id = `r${row.index}`;
    const person = group.byTarget ? [line(who(row), "strongly"), line(row.email ? row.name : "", "less")] : [line(where(row), "strongly"), line(row.email, "less")];
    const chips = make("div", "chips");
    chips.append(make("span", row.privileged ? "chip strong" : "role", row.role || "no role"));
    if (row.status === PENDING) chips.append(make("span", "chip wait", "pending"));
    const why = make("div", "chips");
    for (const kind of row.drift.split(";").filter(Boolean)) why.append(make("span", "chip bad", data.drift[kind] || kind));
    if (row.keys) why.append(make("span", "chip", plural(row.keys.split(";").length, "key")));
    if (row.teams) why.append(make("span", "chip", plural(row.teams.split(";").length, "team")));
    if (isOwn(row)) why.append(make("span", "chip late", "own access"));
    if (row.comment) why.append(make("span", "chip", "comment"));
    const because = line(row.because || (data.held ? "in no roster" : ""), "less");
    const third = cell(because, why);
    if (!why.children.length) third.append(line(row.reviewer ? `Reviewer ${row.reviewer}` : "No reviewer yet", "less"));
    const actions = cell(...doers(row));
    actions.className = "do";
    element.append(cell(...person), cell(chips, line(row.since ? `since ${row.since.slice(0, 10)}` : "", "less")), third, actions);
    element.addEventListener("click", () => { current = row.index; mark(); });
    return element;
  }

  function doers(row) {
    const label = `${who(row)}, ${where(row)}`;
    const keep = button("keep", "Keep", `Keep ${label}`);
    const revoke = button("revoke", "Revoke", `Revoke ${label}`);
    keep.addEventListener("click", () => decide(row, row.decision === KEEP ? "" : KEEP));
    revoke.addEventListener("click", () => decide(row, row.decision === REVOKE ? "" : REVOKE));
    for (const [element, word] of [[keep, KEEP], [revoke, REVOKE]]) {
      element.classList.toggle("on", row.decision === word);
      element.setAttribute("aria-pressed", String(row.decision === word));
    }
    const roles = make("select");
    roles.setAttribute("aria-label", `Another role for ${label}`);
    const other = others(row);
    for (const role of ["", ...other]) {
      const option = make("option", "", role || "Role\u2026");
      option.value = role;
      roles.append(option);
    }
    roles.value = other.includes(row.decision) ? row.decision : "";
    roles.classList.toggle("on", roles.value !== "");
    roles.disabled = other.length === 0;
    roles.addEventListener("change", () => decide(row, roles.value));
    const more = button("more", "\u2026", `Details and comment, ${label}`);
    more.addEventListener("click", () => details(row));
    for (const element of [keep, revoke, roles, more]) element.tabIndex = -1;
    return [keep, revoke, roles, more];
  }

  const others = (row) => row.roles.filter((role) => role !== row.role);

  // Deciding.

  // The address in a text such as "Ada <ada@example.com>".
  const bare = (text) => fold((/<([^<>]*)>\s*$/.exec(text)?.[1] ?? text).replace(/^\s*mailto:/i, ""));

  function isOwn(row) {
    const reviewers = (row.reviewer || me.value).split(/[,;\n]/).map(bare).filter(Boolean);
    return [row.email, row.main, ...row.others].some((address) => reviewers.includes(fold(address)));
  }

  function decide(row, decision, silent) {
    if (decision && isOwn(row)) {
      if (!silent) say(`${row.reviewer || me.value} cannot decide about their own access. Name another reviewer in the details of the row.`);
      return false;
    }
    left += (row.decision ? 1 : 0) - (decision ? 1 : 0);
    row.decision = decision;
    if (decision && !row.reviewer) row.reviewer = fold(me.value);
    unsaved = true;
    if (!silent) {
      refresh(row);
      tally();
      say(`${who(row)}, ${where(row)}: ${decision || "not decided"}`);
    }
    return true;
  }

  function refresh(row) {
    const index = placeOf.get(row.index);
    if (index === undefined) return;
    refreshHead(items[index].group);
    const old = drawn.get(index);
    if (!old) return;
    const element = rowOf(items[index], index);
    const inside = old.contains(document.activeElement);
    old.replaceWith(element);
    drawn.set(index, element);
    if (inside) view.focus({ preventScroll: true });
    mark();
  }

  function keepGroup(group) {
    const open = group.rows.filter((row) => !row.decision);
    const unseen = open.filter((row) => !row.seen).length;
    if (unseen) {
      say(`${plural(unseen, "row")} of ${group.title} were not seen yet. Look through the group first.`);
      return;
    }
    const kept = open.filter((row) => decide(row, KEEP, true)).length;
    drawn = new Map();
    sheet.replaceChildren();
    draw();
    tally();
    say(`Kept ${plural(kept, "row")} of ${group.title}.${kept < open.length ? ` ${plural(open.length - kept, "row")} are the reviewer's own access and were left.` : ""}`);
  }

  const say = (text) => { at("said").textContent = text; };

  let counting = 0;
  function tally() {
    at("progress").value = rows.length - left;
    clearTimeout(counting);
    counting = setTimeout(() => {
      at("left").textContent = left ? `${figure(left)} of ${figure(rows.length)} to decide` : `All ${plural(rows.length, "row")} are decided. Save the CSV.`;
      for (const [name, , test] of shows) {
        const count = document.querySelector(`.show [data-count="${name}"]`);
        const now = rows.filter(test).length;
        count.textContent = figure(now);
        count.parentElement.hidden = !now && name !== "all" && name !== show[0];
      }
      remember();
    }, 200);
  }

  // Kept in this browser, by the digest of the list, until it is saved.

  const STORE = `honeyops.access.review ${data.digest}`;
  function remember() {
    const kept = {};
    for (const row of rows) {
      if (row.decision || row.comment || row.reviewer !== row.given) kept[row.index] = [row.decision, row.comment, row.reviewer];
    }
    try { localStorage.setItem(STORE, JSON.stringify(kept)); } catch { /* the browser keeps nothing for files: the CSV does */ }
  }

  function recall() {
    try {
      for (const [index, [decision, comment, reviewer]] of Object.entries(JSON.parse(localStorage.getItem(STORE) || "{}"))) {
        if (rows[index]) Object.assign(rows[index], { decision, comment, reviewer });
      }
    } catch { return; }
    left = rows.filter((row) => !row.decision).length;
  }

  // The CSV, as the playbook writes and reads it. No cell can become a formula.

  const guard = (text) => text.replace(/(^|;)([\s'"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/g, "$1'$2");
  const unguard = (text) => text.replace(/(^|;)'([\s'"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/g, "$1$2");
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  function csv(whose) {
    const lines = [data.columns.join(",")];
    for (const row of rows) {
      if (whose === "*" || row.reviewer === whose.slice(1)) lines.push(data.columns.map((column) => quoted(guard(String(row[column])))).join(","));
    }
    return `\ufeff${lines.join("\n")}\n`;
  }

  function save() {
    const whose = at("reviewer").value;
    const link = make("a");
    link.download = whose.length > 1 ? `review-${whose.slice(1)}.csv` : "review.csv";
    link.href = URL.createObjectURL(new Blob([csv(whose)], { type: "text/csv" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    unsaved = false;
    say(`Saved ${link.download}.${left ? ` ${plural(left, "row")} are not decided yet.` : ""}`);
  }

  function parse(text) {
    const found = [[""]];
    let open = false;
    for (let place = text.charCodeAt(0) === 0xfeff ? 1 : 0; place < text.length; place += 1) {
      const char = text[place], record = found[found.length - 1];
      if (open) {
        if (char !== '"') record[record.length - 1] += char;
        else if (text[place + 1] === '"') { record[record.length - 1] += char; place += 1; } else open = false;
      } else if (char === '"') open = true;
      else if (char === ",") record.push("");
      else if (char === "\n") found.push([""]);
      else if (char !== "\r") record[record.length - 1] += char;
    }
    return found.filter((record) => record.length > 1);
  }

  async function load(file) {
    const [head, ...records] = parse(await file.text());
    const column = Object.fromEntries((head || []).map((name, index) => [name, index]));
    const same = ["row", "host", "service", "email", "role"];
    let taken = 0;
    for (const record of records) {
      const value = (name) => unguard(record[column[name]] || "");
      const row = rows[Number(value("row")) - 1];
      if (!row || !same.every((name) => String(row[name]) === value(name))) continue;
      Object.assign(row, { decision: value("decision"), comment: value("comment"), reviewer: value("reviewer") });
      taken += 1;
    }
    left = rows.filter((row) => !row.decision).length;
    reviewers();
    arrange();
    tally();
    say(`Took ${plural(taken, "row")} from ${file.name}.${taken < records.length ? ` ${plural(records.length - taken, "row")} are not of this list.` : ""}`);
  }

  // Details of a row, for its comment, and for fingers.

  function details(row) {
    const head = make("header");
    const title = make("h2", "", who(row));
    title.id = "row-title";
    const close = button("", "Close");
    close.addEventListener("click", () => dialog.close());
    head.append(title, close);
    const facts = make("dl");
    const told = {
      Name: row.name, Where: where(row), Role: row.role || "no role", Status: row.status, Since: row.since, Teams: row.teams,
      Keys: row.keys, Because: row.because, Drift: row.drift.split(";").filter(Boolean).map((kind) => data.drift[kind] || kind).join(", "),
    };
    for (const [name, text] of Object.entries(told)) if (text) facts.append(make("dt", "", name), make("dd", "", text.replaceAll(";", ", ")));
    const choose = make("div", "choose");
    choose.setAttribute("role", "group");
    choose.setAttribute("aria-label", "Decision");
    const words = [KEEP, REVOKE, ...others(row)];
    const press = () => [...choose.children].forEach((element, index) => element.setAttribute("aria-pressed", String(words[index] === row.decision)));
    for (const word of words) {
      const element = button("", word === KEEP ? "Keep" : word === REVOKE ? "Revoke" : `Change to ${word}`);
      element.addEventListener("click", () => { decide(row, row.decision === word ? "" : word); press(); });
      choose.append(element);
    }
    press();
    const comment = field("Comment", make("textarea"), row.comment, (text) => { row.comment = text.replace(/\s+/g, " ").trim().slice(0, 1000); });
    const reviewer = field("Reviewer", make("input"), row.reviewer, (text) => { row.reviewer = fold(text); });
    dialog.replaceChildren(head, facts, choose, comment, reviewer);
    dialog.onclose = () => { unsaved = true; reviewers(); refresh(row); tally(); view.focus({ preventScroll: true }); };
    dialog.showModal();
  }

  function field(name, element, value, take) {
    const label = make("label", "", name);
    element.value = value;
    element.addEventListener("input", () => take(element.value));
    label.append(element);
    return label;
  }

  // Keys, and what else moves the list.

  function go(index, step) {
    let place = index;
    while (items[place] && !items[place].row) place += step;
    if (!items[place]) return;
    current = items[place].row.index;
    const size = heights();
    const top = items[place - 1] && !items[place - 1].row ? tops[place - 1] : tops[place];
    if (top < view.scrollTop) view.scrollTop = top;
    if (tops[place] + size.item > view.scrollTop + view.clientHeight) view.scrollTop = tops[place] + size.item - view.clientHeight;
    draw();
  }

  const here = () => placeOf.get(current) ?? 0;
  function nextOpen() {
    const from = here();
    for (let step = 1; step <= items.length; step += 1) {
      const place = (from + step) % items.length;
      if (items[place].row && !items[place].row.decision) { go(place, 1); return; }
    }
    say("Every row of this list is decided.");
  }

  function press(row, decision) {
    if (decide(row, decision)) go(here() + 1, 1);
  }

  const page = () => Math.max(1, Math.floor(view.clientHeight / heights().item) - 1);
  const moves = {
    ArrowDown: () => go(here() + 1, 1),
    ArrowUp: () => go(here() - 1, -1),
    PageDown: () => go(Math.min(items.length - 1, here() + page()), 1),
    PageUp: () => go(Math.max(0, here() - page()), 1),
    Home: () => go(0, 1),
    End: () => go(items.length - 1, -1),
    n: nextOpen,
    s: save,
    g: () => { const place = items.findIndex((item, index) => index > here() && !item.row); if (place >= 0) go(place, 1); },
    "/": () => input.focus(),
  };
  const acts = {
    k: (row) => press(row, KEEP),
    r: (row) => press(row, REVOKE),
    K: () => keepGroup(items[here()].group),
    u: (row) => decide(row, ""),
    Backspace: (row) => decide(row, ""),
    c: details,
    Enter: details,
  };

  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== view) return;
    const row = rows[current];
    const role = row && /^[1-9]$/.test(event.key) ? row.roles[Number(event.key) - 1] : undefined;
    if (role) press(row, role === row.role ? KEEP : role);
    else if (moves[event.key]) moves[event.key]();
    else if (row && acts[event.key]) acts[event.key](row);
    else return;
    event.preventDefault();
  });

  let waiting = false;
  view.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }, { passive: true });

  function reviewers() {
    const counts = new Map();
    for (const row of rows) counts.set(row.reviewer, (counts.get(row.reviewer) || 0) + 1);
    const select = at("reviewer");
    const before = select.value || "*";
    const options = [["*", `all (${figure(rows.length)})`]];
    for (const name of [...counts.keys()].sort(compare)) options.push([`=${name}`, `${name || "nobody yet"} (${figure(counts.get(name))})`]);
    select.replaceChildren(...options.map(([value, text]) => { const option = make("option", "", text); option.value = value; return option; }));
    select.value = options.some(([value]) => value === before) ? before : "*";
  }

  function choices() {
    const set = document.querySelector(".show");
    for (const choice of shows) {
      const [name, title, test] = choice;
      const label = make("label");
      const radio = make("input");
      radio.type = "radio";
      radio.name = "show";
      radio.value = name;
      radio.checked = name === "all";
      radio.addEventListener("change", () => { show = choice; view.scrollTop = 0; arrange(); });
      const count = make("b", "", figure(rows.filter(test).length));
      count.dataset.count = name;
      label.append(radio, title, count);
      set.append(label);
    }
  }

  const again = () => { view.scrollTop = 0; arrange(); };
  input.addEventListener("input", again);
  at("group").addEventListener("change", again);
  at("reviewer").addEventListener("change", again);
  me.addEventListener("change", () => { arrange(); });
  at("save").addEventListener("click", save);
  at("open").addEventListener("change", (event) => { if (event.target.files[0]) load(event.target.files[0]); });
  small.addEventListener("change", place);
  addEventListener("resize", draw);
  document.addEventListener("visibilitychange", draw);
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  recall();
  reviewers();
  choices();
  for (const id of ["tools", "foot"]) at(id).hidden = false;
  arrange();
  tally();
})();
