# All programs that the pipeline and the tests use. The pipeline works without this image: docs/gitlab-ci.md says what it
# saves. The dev container is built from it.
FROM hashicorp/terraform:1.11.4 AS terraform

FROM node:24-trixie-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git jq python3-venv \
  && rm -rf /var/lib/apt/lists/*
COPY --from=terraform /bin/terraform /usr/local/bin/terraform
