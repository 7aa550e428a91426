# Excursobot. "make help" lists the targets. run, test, bench, fuzz and build need only Go; race needs a C compiler, too.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X excursobot/bot/app.linked=$(VERSION)
BIN     := bin/excursobot
comma   := ,

SEEDS   ?= 50
OUTAGE  ?= 60s
PEOPLE  ?= 100000
PAIRS   ?= 10000
STARTS  ?= 15
FOR     ?= 2m

.DEFAULT_GOAL := help
.PHONY: help run demo test test-postgres test-browser race lint vuln fuzz chaos aimock replicas flood move scale older limit ready bench load build image image-check release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## run the bot; without a token, the demo on http://127.0.0.1:8080/
	@[ -x $(BIN) ] || echo "Building; the first time takes a minute or two."
	@CGO_ENABLED=0 go build -o $(BIN) .
	@exec ./$(BIN) run --or-demo

demo: ## run the demo, even with a token
	@CGO_ENABLED=0 go build -o $(BIN) .
	@exec ./$(BIN) demo

test: ## gofmt, go vet and all tests, without the race detector
	@files=$$(gofmt -l main.go bot geo limiter store .ci); if [ -n "$$files" ]; then echo "not formatted (gofmt -w):"; echo "$$files"; exit 1; fi
	go vet ./...
	go test -vet=off -shuffle=on -count=1 ./...

race: ## all tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -vet=off -race -shuffle=on -count=1 -timeout 30m ./...

test-postgres: ## the tests of the Postgres store, with a temporary server (installed with apt-get if you are root and have none)
	.ci/postgres go test -shuffle=on -count=1 ./store/pgstore/...

test-browser: ## the demo, and the dashboard under load, in Chromium (which must be installed)
	go -C .ci/browser vet .
	go -C .ci/browser test -count=1 .

lint: ## golangci-lint for the code, actionlint for the workflows, both pinned in .ci/tools/go.mod
	go tool -modfile=.ci/tools/go.mod golangci-lint run --allow-parallel-runners
	go tool -modfile=.ci/tools/go.mod actionlint

vuln: ## known vulnerabilities in the code that the program calls (left out if the database cannot be reached)
	.ci/vuln

fuzz: ## every fuzz target, FUZZ_RUNS executions each (default 20000)
	.ci/fuzz

aimock: ## the model's client against another party's implementation of the protocol (needs Node.js and npm)
	.ci/aimock

chaos: ## kill the bot repeatedly and count what people received: SEEDS (50) runs of 30 s; a full volume
	go vet -tags chaos ./bot/killpoint
	go test -tags chaos ./bot/killpoint -run '^TestChaos' -count=1 -timeout 90m -v -seeds $(SEEDS)

replicas: ## on one database: three replicas of which one is killed, a single one that is killed, an outage of OUTAGE (60s): .ci/postgres make replicas
	go vet -tags chaos ./bot/killpoint
	go test -tags chaos ./bot/killpoint -run '^(TestReplicas|TestRestart|TestOutage)$$' -count=1 -timeout 30m -v -args -outage $(OUTAGE)

flood: ## send more updates than the bot can take, and measure memory and delays (3 minutes)
	go test -tags chaos ./bot/killpoint -run '^TestFlood$$' -count=1 -timeout 20m -v

move: ## move the data of PEOPLE (100000) people to a temporary Postgres and back, and measure it (3 minutes)
	PG_FSYNC=on .ci/postgres go test ./bot/admin -run '^TestRoundTrip$$' -count=1 -timeout 60m -v -people $(PEOPLE)

scale: ## fill a file (FILE, or a temporary one) of PAIRS (10000) stories and places, and measure its size, reading and memory
	go test ./store/boltstore -run '^TestScale$$' -count=1 -timeout 60m -v -args -pairs $(PAIRS) -file '$(FILE)'

limit: ## run the bot for FOR (2m) with FILE, which "make scale FILE=..." made of PAIRS, in 256 MiB (needs root and the memory controller of cgroups)
	go test -tags chaos ./bot/killpoint -run '^TestLimit$$' -count=1 -timeout 12h -v -args -file '$(FILE)' -pairs $(PAIRS) -for $(FOR)

older: ## make FILE, of PAIRS as an older version wrote it, unless it is there, and pack it, with three kills (PATIENCE=9 as on a busy bot)
	go test ./store/boltstore -run '^TestPackOlder$$' -count=1 -timeout 12h -v -args -pairs $(PAIRS) -file '$(FILE)' $(if $(PATIENCE),-patience $(PATIENCE))

ready: ## start the bot STARTS (15) times on a copy of FILE, or a new store, and measure the time until it is ready
	go test -tags chaos ./bot/killpoint -run '^TestReady$$' -count=1 -v -args -starts $(STARTS) -file '$(FILE)'

bench: ## every benchmark
	go test -run '^$$' -bench . -benchmem ./...

load: ## the standard load runs (about 15 minutes); writes docs/load.md
	@CGO_ENABLED=0 go build -o $(BIN) .
	./$(BIN) load --set --doc docs/load.md

build: ## the static binary, bin/excursobot
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

image: ## the container image, excursobot:VERSION (needs Docker)
	docker build --build-arg VERSION=$(VERSION) -t excursobot:$(VERSION) .

image-check: ## build the files of the image without Docker, and run them
	.ci/image

release: ## archives, checksums and SBOMs (if syft is installed) in bin/release; publishes nothing
	go run github.com/goreleaser/goreleaser/v2@v2.15.1 release --snapshot --clean --skip=docker$(if $(shell command -v syft),,$(comma)sbom)

clean: ## remove bin
	rm -rf bin
