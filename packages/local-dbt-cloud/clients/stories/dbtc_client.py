"""dbtc reads the account, creates a job, runs it and reads its artifacts."""

from dbtc import dbtCloudClient
from story import ACCOUNT, COMMAND, ENVIRONMENT, PROJECT, PROJECT_NAME, begin, same, step

begin("dbtc")
cloud = dbtCloudClient().cloud

with step("read the account"):
    same(cloud.get_account(ACCOUNT)["data"]["id"], ACCOUNT)
with step("find the project by its name"):
    same(cloud.get_project_by_name(PROJECT_NAME, ACCOUNT)["data"]["id"], PROJECT)
with step("list environments"):
    same([row["id"] for row in cloud.list_environments(ACCOUNT, PROJECT)["data"]], [ENVIRONMENT])
with step("create a job"):
    body = {
        "account_id": ACCOUNT,
        "project_id": PROJECT,
        "environment_id": ENVIRONMENT,
        "name": "made by dbtc",
        "execute_steps": [COMMAND],
    }
    job = cloud.create_job(ACCOUNT, body)["data"]["id"]
with step("trigger a run and wait for its end"):
    run = cloud.trigger_job(ACCOUNT, job, {"cause": "dbtc"}, poll_interval=1)["data"]
    same(run["status_humanized"], "Success")
with step("find the most recent run"):
    same(cloud.get_most_recent_run(ACCOUNT, job_definition_id=job, status="success")["data"]["id"], run["id"])
with step("read an artifact"):
    results = cloud.get_run_artifact(ACCOUNT, run["id"], "run_results.json")["results"]
    same({row["status"] for row in results}, {"success", "pass"})
with step("delete the job"):
    cloud.delete_job(ACCOUNT, job)
    same(job in [row["id"] for row in cloud.list_jobs(ACCOUNT)["data"]], False)
