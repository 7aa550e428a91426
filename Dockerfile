# syntax=docker/dockerfile:1
# Two stages: a Go toolchain that builds the static binary, and an image that holds nothing else but CA certificates and time zones.

FROM golang:1.26 AS build
WORKDIR /src
ENV CGO_ENABLED=0
COPY go.mod go.sum ./
RUN go mod download
COPY main.go ./
COPY bot bot
COPY geo geo
COPY limiter limiter
COPY store store
ARG VERSION=devel
RUN go build -trimpath -ldflags "-s -w -X excursobot/bot/app.linked=${VERSION}" -o /excursobot . \
 && install -d -o 65532 -g 65532 /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /excursobot /excursobot
COPY --from=build --chown=65532:65532 /data /data
# The image's user is 65532. A volume mounted at /data must belong to it; Railway mounts volumes as root: set RAILWAY_RUN_UID=0 there.
ENV DATA_DIR=/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/excursobot", "healthcheck"]
ENTRYPOINT ["/excursobot"]
