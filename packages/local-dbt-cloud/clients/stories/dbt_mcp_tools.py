"""An MCP client calls the Admin API tools of dbt-mcp's server."""

import asyncio
import json
import os
import sys
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from story import PROJECT, begin, new_job, same, step

begin("dbt-mcp")
JOB = new_job("Orders")
SERVER = StdioServerParameters(
    command=str(Path(sys.executable).with_name("dbt-mcp")),
    env={**os.environ, "DBT_MCP_ENABLE_ADMIN_API": "true", "DO_NOT_TRACK": "1"},
)


def rows(page: dict) -> list[dict]:
    return page["result"]


async def main() -> None:
    async with stdio_client(SERVER) as (read, write), ClientSession(read, write) as session:
        await session.initialize()

        async def text_of(tool: str, **arguments: object) -> str:
            answer = await session.call_tool(tool, arguments)
            text = "\n".join(getattr(part, "text", "") for part in answer.content)
            if answer.isError:
                raise AssertionError(f"{tool}: {text}")
            return text

        async def call(tool: str, **arguments: object) -> dict:
            return json.loads(await text_of(tool, **arguments))

        async def ended(run: int) -> dict:
            while not (details := await call("get_job_run_details", run_id=run))["is_complete"]:
                await asyncio.sleep(1)
            return details

        with step("find the Admin API tools"):
            tools = {tool.name for tool in (await session.list_tools()).tools}
            same(tools >= {"list_projects", "list_jobs", "trigger_job_run", "get_job_run_error"}, True)
        with step("list projects"):
            same([row["id"] for row in rows(await call("list_projects"))], [PROJECT])
        with step("list jobs"):
            same([row["id"] for row in rows(await call("list_jobs"))], [JOB])
        with step("read a job"):
            same((await call("get_job_details", job_id=JOB))["name"], "Orders")
        with step("trigger a run and wait for its end"):
            run = (await call("trigger_job_run", job_id=JOB, cause="dbt-mcp"))["id"]
            same((await ended(run))["status"], 10)
        with step("list the runs of the job"):
            same([row["id"] for row in rows(await call("list_jobs_runs", job_id=JOB))], [run])
        with step("read an artifact"):
            same("results" in json.loads((await text_of("get_job_run_artifacts", run_id=run, artifact_path="run_results.json"))), True)
        with step("read the error of a run that fails"):
            failing = await call("trigger_job_run", job_id=JOB, cause="dbt-mcp", steps_override=["dbt build --select nothing("])
            await ended(failing["id"])
            same("failed_steps" in await call("get_job_run_error", run_id=failing["id"]), True)


asyncio.run(main())
