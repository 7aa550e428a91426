# syntax=docker/dockerfile:1
# The first stage builds the static binary. The image holds only the binary, CA certificates and licences.

# Add the digest (golang:1.26.8-bookworm@sha256:...) to pin the bytes of the builder, too.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY LICENSE NOTICE.md main.go ./
COPY .ci/rootfs .ci/rootfs
COPY bot bot
COPY geo geo
COPY limiter limiter
COPY store store
# The version: on Railway the commit, elsewhere VERSION (make image).
ARG RAILWAY_GIT_COMMIT_SHA
ARG VERSION=${RAILWAY_GIT_COMMIT_SHA:-devel}
ARG TARGETOS TARGETARCH
ARG SOURCE_DATE_EPOCH=0
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH .ci/rootfs /rootfs "$VERSION" && mkdir -m 700 /data && touch -d "@$SOURCE_DATE_EPOCH" /data

FROM scratch
# 0:0 on platforms that mount volumes as root (Fly.io, Render). On Railway set RAILWAY_RUN_UID=0 instead.
ARG RUN_AS=65532:65532
COPY --from=build /rootfs/ /
# A volume at /data must belong to the user below.
COPY --from=build --chown=${RUN_AS} /data /data
ENV DATA_DIR=/data
WORKDIR /data
USER ${RUN_AS}
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/excursobot", "healthcheck"]
ENTRYPOINT ["/excursobot"]
