# Excursobot. "make help" lists what there is. Only Go is needed for run, test, bench, fuzz and build.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X excursobot/bot/app.linked=$(VERSION)
BIN     := bin/excursobot

# The race detector needs cgo and a C compiler; without one the tests run without it.
RACE := $(shell command -v "$$(go env CC)" >/dev/null 2>&1 && [ "$$(go env CGO_ENABLED)" = 1 ] && echo -race)

SEEDS   ?= 50
OUTAGE  ?= 60s
PEOPLE  ?= 100000

.DEFAULT_GOAL := help
.PHONY: help run demo test test-postgres test-browser race lint vuln fuzz chaos replicas flood move bench load build image image-check release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## run the bot; without a token, the demo on http://127.0.0.1:8080/
	@[ -x $(BIN) ] || echo "Building; the first time takes a minute or two."
	@CGO_ENABLED=0 go build -o $(BIN) .
	@exec ./$(BIN) run --or-demo

demo: ## run the demo, even with a token
	@CGO_ENABLED=0 go build -o $(BIN) .
	@exec ./$(BIN) demo

test: ## gofmt, go vet and all tests, with the race detector where there is a C compiler
	@files=$$(gofmt -l main.go bot geo limiter store); if [ -n "$$files" ]; then echo "not formatted (gofmt -w):"; echo "$$files"; exit 1; fi
	go vet ./...
	go test $(RACE) -shuffle=on -count=1 ./...

test-postgres: ## the Postgres store's tests, with a throwaway server (Debian's is installed if root and none is there)
	.ci/postgres go test $(RACE) -shuffle=on -count=1 ./store/pgstore/...

test-browser: ## the demo, and the dashboard under load, in Chromium, which must be installed
	go vet -tags browser ./bot/app
	go test -tags browser -run Browser -count=1 ./bot/app

race: ## all tests with the race detector; needs a C compiler
	CGO_ENABLED=1 go test -race -shuffle=on -count=1 ./...

lint: ## golangci-lint, as pinned in .ci/tools/go.mod
	go tool -modfile=.ci/tools/go.mod golangci-lint run

vuln: ## known vulnerabilities in what is linked, where their database can be reached
	.ci/vuln

fuzz: ## every fuzz target for FUZZTIME (default 5s)
	.ci/fuzz

chaos: ## kill the bot again and again and count what people got: SEEDS (default 50), 30 s each; a full volume
	go vet -tags chaos ./bot/killpoint
	go test -tags chaos ./bot/killpoint -run '^TestChaos' -count=1 -timeout 90m -v -seeds $(SEEDS)

replicas: ## three replicas on one database, one of them killed, and a database that goes away: .ci/postgres make replicas
	go vet -tags chaos ./bot/killpoint
	go test -tags chaos ./bot/killpoint -run '^(TestReplicas|TestOutage)$$' -count=1 -timeout 15m -v -args -outage $(OUTAGE)

flood: ## what too many updates do to memory and to the others (2 minutes)
	go test -tags chaos ./bot/killpoint -run '^TestFlood$$' -count=1 -timeout 20m -v

move: ## move PEOPLE (100000) people and stories to a throwaway Postgres and back, and measure it (3 minutes)
	PG_FSYNC=on .ci/postgres go test ./bot/admin -run '^TestRoundTrip$$' -count=1 -timeout 60m -v -people $(PEOPLE)

bench: ## every benchmark
	go test -run '^$$' -bench . -benchmem ./...

load: ## the standard load runs (about 15 minutes), into docs/load.md
	@CGO_ENABLED=0 go build -o $(BIN) .
	./$(BIN) load --set --doc docs/load.md

build: ## the static binary, bin/excursobot
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

image: ## the container image, excursobot:VERSION (needs Docker)
	docker build --build-arg VERSION=$(VERSION) -t excursobot:$(VERSION) .

image-check: ## the image's tree, built and run without Docker
	.ci/image

release: ## archives, checksums and bills of materials in bin/release, not published (syft for the last)
	go run github.com/goreleaser/goreleaser/v2@v2.12.7 release --snapshot --clean $(if $(shell command -v syft),,--skip=sbom)

clean: ## remove bin
	rm -rf bin
