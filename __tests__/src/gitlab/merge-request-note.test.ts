import { writeNote } from "../../../src/gitlab/merge-request-note";

const REQUEST = {
  mergeRequest: { apiUrl: "https://gitlab.example.com/api/v4", projectId: "5", iid: "3", token: "planted" },
  text: "text",
  pipelineId: 1,
  completeTextUrl: "https://gitlab.example.com/jobs/9",
};

describe("a note that GitLab does not accept in time", () => {
  it("is given up with the last fault and without the token, also when no answer comes at all", async () => {
    const busy = (): Promise<Response> => Promise.resolve(new Response("", { status: 503 }));
    const failed = writeNote({ ...REQUEST, fetch: busy, patience: 700 });
    await expect(failed).rejects.toThrow(
      "start the job again: GitLab did not accept the note within 0.7 seconds (GET /projects/5/merge_requests/3/pipelines: 503)",
    );
    await expect(failed).rejects.not.toThrow(/planted/);
    const silent = (): Promise<Response> => new Promise(() => undefined);
    await expect(writeNote({ ...REQUEST, fetch: silent, patience: 100 })).rejects.toThrow("(no answer)");
  });

  it("is given up at once when the answer is of another program", async () => {
    const fetch = (): Promise<Response> => Promise.resolve(new Response("<html>"));
    await expect(writeNote({ ...REQUEST, fetch })).rejects.toThrow("set CI_API_V4_URL to the address of GitLab's API");
  });
});
