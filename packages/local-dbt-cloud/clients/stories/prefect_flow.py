"""Prefect creates a job, runs it in a flow, waits for it, and reads its artifacts."""

import asyncio
import inspect
import os

# Prefect starts a server of its own, which takes a while on a slow machine. It reads this when it is imported.
os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "120"

from prefect import flow
from prefect_dbt.cloud import DbtCloudCredentials, DbtCloudJob
from prefect_dbt.cloud.jobs import create_dbt_cloud_job, delete_dbt_cloud_job, get_dbt_cloud_job_info, run_dbt_cloud_job
from prefect_dbt.cloud.runs import get_dbt_cloud_run_artifact, list_dbt_cloud_run_artifacts
from story import COMMAND, ENVIRONMENT, PROJECT, begin, same, step

begin("prefect-dbt")
credentials = DbtCloudCredentials(
    api_key=os.environ["DBT_CLOUD_API_KEY"],
    account_id=int(os.environ["DBT_CLOUD_ACCOUNT_ID"]),
    domain=os.environ["DBT_CLOUD_DOMAIN"],
)


async def value(answer: object) -> object:
    """Some functions of prefect-dbt are coroutines, and some are not."""
    return await answer if inspect.isawaitable(answer) else answer


@flow
async def story() -> None:
    with step("create a job"):
        asked = create_dbt_cloud_job(credentials, PROJECT, ENVIRONMENT, "made by Prefect", execute_steps=[COMMAND])
        made = await value(asked)
    with step("read the job"):
        same((await value(get_dbt_cloud_job_info(credentials, made["id"])))["name"], "made by Prefect")
    with step("run the job in a flow and wait for its end"):
        block = DbtCloudJob(dbt_cloud_credentials=credentials, job_id=made["id"], interval_seconds=1)
        run = await value(run_dbt_cloud_job(block))
        same(run["status"], 10)
    with step("list artifacts"):
        same("manifest.json" in await value(list_dbt_cloud_run_artifacts(credentials, run["id"])), True)
    with step("read an artifact"):
        results = (await value(get_dbt_cloud_run_artifact(credentials, run["id"], "run_results.json")))["results"]
        same({row["status"] for row in results}, {"success", "pass"})
    with step("delete the job"):
        await value(delete_dbt_cloud_job(credentials, made["id"]))


asyncio.run(story())
