"""Dagster's DbtCloudWorkspace makes its own job, parses the project with it and materializes assets."""

from datetime import datetime, timezone

import dagster as dg
from dagster_dbt.cloud_v2.resources import DbtCloudCredentials, DbtCloudWorkspace, load_dbt_cloud_asset_specs
from story import ENVIRONMENT, PROJECT, begin, same, step

begin("dagster-dbt")
credentials = DbtCloudCredentials(
    account_id=int(dg.EnvVar("DBT_CLOUD_ACCOUNT_ID").get_value()),
    token=dg.EnvVar("DBT_CLOUD_TOKEN").get_value(),
    access_url=dg.EnvVar("DBT_CLOUD_ACCESS_URL").get_value(),
)
workspace = DbtCloudWorkspace(credentials=credentials, project_id=PROJECT, environment_id=ENVIRONMENT)
client = workspace.get_client()

with step("list jobs"):
    same(client.list_jobs(project_id=PROJECT, environment_id=ENVIRONMENT), [])
with step("load assets, with a job that it creates and dbt parse"):
    specs = {spec.key.to_user_string(): spec for spec in load_dbt_cloud_asset_specs(workspace)}
    same("stg_orders" in specs, True)
with step("use its job again"):
    same(len(client.list_jobs(project_id=PROJECT, environment_id=ENVIRONMENT)), 1)
    workspace.get_or_fetch_workspace_data()
    same(len(client.list_jobs(project_id=PROJECT, environment_id=ENVIRONMENT)), 1)
with step("build a model, and get its materialization"):
    events = list(workspace.cli(["build", "--select", "stg_orders"]).wait())
    made = [event.asset_key.to_user_string() for event in events if isinstance(event, dg.AssetMaterialization)]
    same(made, ["stg_orders"])
with step("read the runs of a time span"):
    runs, total = client.get_runs_batch(
        project_id=PROJECT,
        environment_id=ENVIRONMENT,
        finished_at_lower_bound=datetime(2020, 1, 1, tzinfo=timezone.utc),
        finished_at_upper_bound=datetime(2100, 1, 1, tzinfo=timezone.utc),
    )
    same(len(runs), total)
