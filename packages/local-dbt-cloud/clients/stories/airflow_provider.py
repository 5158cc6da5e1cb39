"""Airflow's hook and DbtCloudRunJobOperator run a job, wait for it, and read its artifacts."""

from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook
from airflow.providers.dbt.cloud.operators.dbt import (
    DbtCloudGetJobRunArtifactOperator,
    DbtCloudListJobsOperator,
    DbtCloudRunJobOperator,
)
from airflow.sdk import DAG
from story import ENVIRONMENT_NAME, PROJECT, PROJECT_NAME, begin, new_job, same, step

begin("apache-airflow-providers-dbt-cloud")
JOB = new_job("Orders")


class TaskInstance:
    """Keeps what an operator hands to other tasks."""

    try_number = 1

    def __init__(self) -> None:
        self.pushed: dict[str, object] = {}

    def xcom_push(self, key: str, value: object) -> None:
        self.pushed[key] = value


hook = DbtCloudHook()
task = TaskInstance()
dag = DAG(dag_id="story", schedule=None)

with step("test the connection"):
    same(hook.test_connection(), (True, "Successfully connected to dbt Cloud."))
with step("read the account"):
    same(hook.get_account().json()["data"]["state"], 1)
with step("list projects of all pages"):
    same([row["id"] for page in hook.list_projects() for row in page.json()["data"]], [PROJECT])
with step("find the job by its names"):
    names = {"project_name": PROJECT_NAME, "environment_name": ENVIRONMENT_NAME, "job_name": "Orders"}
    same(hook.get_job_by_name(**names)["id"], JOB)
with step("list jobs with the operator"):
    jobs = DbtCloudListJobsOperator(task_id="list", project_id=PROJECT, dag=dag).execute({"ti": task})
    same(jobs, [JOB])
with step("run the job with DbtCloudRunJobOperator and wait for its end"):
    operator = DbtCloudRunJobOperator(task_id="run", job_id=JOB, check_interval=1, timeout=300, dag=dag)
    run = operator.execute({"ti": task})
    same(task.pushed["job_run_id"], run)
with step("run it again with a steps override"):
    override = {"steps_override": ["dbt ls --select stg_orders"], "additional_run_config": {"threads_override": 2}}
    again = DbtCloudRunJobOperator(task_id="again", job_id=JOB, check_interval=1, timeout=300, dag=dag, **override)
    same(hook.get_job_run_status(again.execute({"ti": task})), 10)
with step("list the runs of the job"):
    rows = [row for page in hook.list_job_runs(job_definition_id=JOB, order_by="-id") for row in page.json()["data"]]
    same(len(rows), 2)
with step("read the run with its related objects"):
    related = ["trigger", "job", "repository", "environment", "run_steps"]
    details = hook.get_job_run(run, include_related=related).json()["data"]
    same(details["trigger"]["cause"], "Triggered via Apache Airflow by task 'run' in the story DAG.")
with step("download an artifact with the operator"):
    download = DbtCloudGetJobRunArtifactOperator(
        task_id="get", run_id=run, path="run_results.json", output_file_name="run_results.json", dag=dag
    )
    same(download.execute({"ti": task}), "run_results.json")
with step("cancel a run"):
    cancelled = hook.trigger_job_run(JOB, cause="Airflow").json()["data"]["id"]
    hook.cancel_job_run(cancelled)
    same(hook.wait_for_job_run_status(cancelled, expected_statuses=30, check_interval=1, timeout=60), True)
