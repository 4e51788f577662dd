# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables that infra.aap_configuration 3.0.0 reads, and the keys of each of their items."""

from __future__ import annotations

READS = {
    "controller_credential_types": "description injectors inputs kind name state",
    "controller_credentials": "credential_type description inputs name organization state team update_secrets user",
    "controller_execution_environments": "credential description image name organization pull state",
    "controller_projects": (
        "allow_override credential custom_virtualenv default_environment description interval job_timeout local_path "
        "name notification_templates_error notification_templates_started notification_templates_success organization "
        "scm_branch scm_clean scm_credential scm_delete_on_update scm_refspec scm_track_submodules scm_type "
        "scm_update_cache_timeout scm_update_on_launch scm_url signature_validation_credential state timeout "
        "update_project wait"
    ),
    "controller_inventories": (
        "description host_filter input_inventories instance_groups kind name organization "
        "prevent_instance_group_fallback state variables"
    ),
    "controller_hosts": "description enabled inventory name state variables",
    "controller_notifications": "description messages name notification_configuration notification_type organization state",
    "controller_templates": (
        "allow_simultaneous ask_credential_on_launch ask_diff_mode_on_launch ask_execution_environment_on_launch "
        "ask_forks_on_launch ask_instance_groups_on_launch ask_inventory_on_launch ask_job_slice_count_on_launch "
        "ask_job_type_on_launch ask_labels_on_launch ask_limit_on_launch ask_scm_branch_on_launch ask_skip_tags "
        "ask_skip_tags_on_launch ask_tags ask_tags_on_launch ask_timeout_on_launch ask_variables_on_launch "
        "ask_verbosity_on_launch become_enabled credentials custom_virtualenv description diff_mode "
        "execution_environment extra_vars force_handlers forks host_config_key instance_groups inventory "
        "job_slice_count job_tags job_type labels limit name notification_templates_error "
        "notification_templates_started notification_templates_success organization playbook "
        "prevent_instance_group_fallback project scm_branch skip_tags start_at_task state survey survey_enabled "
        "survey_spec timeout use_fact_cache verbosity webhook_credential webhook_service"
    ),
    "controller_workflows": (
        "allow_simultaneous ask_inventory_on_launch ask_labels_on_launch ask_limit_on_launch ask_scm_branch_on_launch "
        "ask_skip_tags ask_skip_tags_on_launch ask_tags ask_tags_on_launch ask_variables_on_launch description "
        "destroy_current_nodes destroy_current_schema extra_vars inventory job_tags labels limit name "
        "notification_templates_approvals notification_templates_error notification_templates_started "
        "notification_templates_success organization scm_branch simplified_workflow_nodes skip_tags state survey "
        "survey_enabled survey_spec webhook_credential webhook_service workflow_nodes"
    ),
    "controller_schedules": (
        "credentials description diff_mode enabled execution_environment extra_data forks instance_groups inventory "
        "job_slice_count job_tags job_type labels limit name organization rrule scm_branch skip_tags state timeout "
        "unified_job_template verbosity"
    ),
    "simplified_workflow_nodes": (
        "all_parents_must_converge always_nodes approval_node credentials diff_mode execution_environment extra_data "
        "failure_nodes forks identifier instance_groups inventory job_slice_count job_tags job_type labels limit "
        "lookup_organization scm_branch skip_tags state success_nodes timeout unified_job_template verbosity "
        "workflow_job_template"
    ),
}
