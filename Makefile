# VitalVault. `make help` tells what there is. Everything else is in tools/, apps/ and libs/.
DATA ?= var
NAME ?=
ONLY ?=
OBSERVE ?=
KEEP ?= 1
PORT_BASE ?=
VALIDATORS ?=
MAX_KEYS ?=
MAX_LEAVES ?=
LIE ?=
BASE ?=
REFRESH ?=
IMAGES ?=
NAMESPACE ?=
RELEASE ?=
ROWS ?=
LARGE ?=
PROFILE ?=
MINUTES ?=
PROGRAM ?=
WRITE ?=
SEED ?=
HOURS ?= 1
FUZZER ?=
SIGNED_UP_TO ?=
INSIST ?=
BEGIN ?=
ARGS ?=

BOOTSTRAP := node tools/bootstrap.mjs
NODE := node_modules/.bin/node
SYSTEM = --data "$(DATA)"
UP = up $(SYSTEM) $(if $(PORT_BASE),--port-base $(PORT_BASE)) $(if $(VALIDATORS),--validators $(VALIDATORS)) $(if $(MAX_KEYS),--max-keys $(MAX_KEYS)) $(if $(MAX_LEAVES),--max-leaves $(MAX_LEAVES)) $(if $(ONLY),--only $(ONLY)) $(if $(filter-out 0,$(OBSERVE)),--observe) $(if $(SIGNED_UP_TO),--signed-up-to $(SIGNED_UP_TO)) $(if $(INSIST),--insist)
IMAGES_RUN = $(NODE) tools/images/dist/main.js
IMAGES_OPTIONS = $(IMAGES) $(if $(BASE),--base $(BASE)) $(if $(REFRESH),--refresh)
BENCH = $(NODE) --disable-warning=ExperimentalWarning --import ./tools/run-sources.ts bench/src/main.ts \
	$(if $(ROWS),--rows $(ROWS)) $(if $(LARGE),--large) $(if $(PROFILE),--profile)
NAMED = $(if $(NAME),$(NAME),$(error say which process: make $@ NAME=validator-2))

.DEFAULT_GOAL := help
.PHONY: help taste demo story up status logs positions dead-letters down clean kill start stop restart build test test-unit lint packages images images-check e2e-k8s bench bench-quick chaos drill-ledger drill-sre pictures dashboards soak

help:
	@echo "make taste       the story of a reading in memory, in seconds: needs Node and npm alone   [LIE=1 tells one lie]"
	@echo "make demo        everything: set up, start, play the story of a reading   [KEEP=0 stops it afterwards]"
	@echo "make story       the same story on a release of the chart, by kubectl   NAMESPACE=vitalvault RELEASE=vv"
	@echo "make up          set up and start; prints where everything is, writes DATA/endpoints.json   [ONLY=names, OBSERVE=1, SIGNED_UP_TO=height, INSIST=1]"
	@echo "make status      processes and their memory"
	@echo "make logs        the end of the logs   [NAME=process]"
	@echo "make positions   how far a service took its topics   NAME=storage|notify [BEGIN=who decides, ARGS=--help]"
	@echo "make dead-letters   what a service did not take of its topics   NAME=storage|notify [ARGS=\"list --all\", ARGS=--help]"
	@echo "make down        stop everything"
	@echo "make clean       stop everything and delete DATA"
	@echo "make kill|start|stop|restart NAME=process   SIGKILL, start again, stop one process or group (validator-2, ipfs-0, kafka, ...)"
	@echo "make build       fetch and build the engines only"
	@echo "make test        lint, types, boundaries, unit, integration and end-to-end tests"
	@echo "make test-unit   the fast part;   make lint   the static part"
	@echo "make bench       every figure that is held against a target, in about 45 minutes on a quiet machine   [ROWS=1,9b LARGE=1 PROFILE=1]"
	@echo "make bench-quick   the same in three minutes, coarser; bench/README.md says more"
	@echo "make packages    the libraries that others may use, as npm archives in dist/packages; nothing is published"
	@echo "make images      container images as archives, with what is here: buildah, podman or docker   [BASE=image|debootstrap REFRESH=1 IMAGES=names]"
	@echo "make drill-ledger   four validators on real CometBFT under lies, losses and partitions   [SEED=n plays one again]"
	@echo "make drill-sre   what on-call is woken for is really broken: each alert fires, names the part and clears; 20 minutes   [ONLY=\"words of a cause;…\"]"
	@echo "make dashboards  every dashboard as a page of curves, from the Prometheus of make up OBSERVE=1   [MINUTES=15 PROGRAM=storage]"
	@echo "make pictures    one reading followed in Zipkin's page, and every dashboard, in a real Chromium; 8 minutes   [WRITE=1: for the documents]"
	@echo "make chaos       kills, pauses, cut ways and broken stores under load, then the independent checker; 10 minutes   [HOURS=n SEED=n: rounds of it, Ctrl-C ends them]"
	@echo "make soak HOURS=n   random inputs against everything that reads other people's bytes, 10 million and more   [SEED=n FUZZER=name plays a failure again]"
	@echo "make e2e-k8s     the chart on a real Kubernetes of this machine, from install to re-install; needs root, says first what it changes   [KEEP=1 leaves it up, STEPS=names]"
	@echo "make images-check   build images twice and compare their digests   [IMAGES=\"app cometbft\"]"
	@echo
	@echo "For all of them: DATA=dir (default var/), PORT_BASE=n (default 26600), VALIDATORS=n (default 4), MAX_KEYS=n, MAX_LEAVES=n."

taste:
	@$(BOOTSTRAP) taste $(if $(LIE),--lie)

demo:
	@$(BOOTSTRAP) $(UP)
	@$(NODE) test/story/dist/main.js --data "$(DATA)"; code=$$?; \
	if [ "$(KEEP)" = 0 ]; then $(BOOTSTRAP) down $(SYSTEM) || code=1; \
	else echo; echo "The system goes on running: make status, make logs NAME=policy; make down stops it."; fi; \
	exit $$code

story:
	@$(NODE) test/story/dist/main.js --site kubernetes --namespace "$(NAMESPACE)" --release "$(RELEASE)"

up:
	@$(BOOTSTRAP) $(UP)

status down clean:
	@$(BOOTSTRAP) $@ $(SYSTEM)

logs:
	@$(BOOTSTRAP) logs $(NAME) $(SYSTEM)

positions:
	@$(BOOTSTRAP) positions $(SYSTEM) $(NAMED) $(if $(BEGIN),--begin --by "$(BEGIN)") $(ARGS)

dead-letters:
	@$(BOOTSTRAP) dead-letters $(SYSTEM) $(NAMED) $(or $(ARGS),list)

kill start stop restart:
	@$(BOOTSTRAP) $@ $(NAMED) $(SYSTEM)

build:
	@$(BOOTSTRAP) build

test: build
	@$(NODE) tools/test.ts

test-unit:
	@$(BOOTSTRAP) install
	@$(NODE) tools/test.ts --only=unit

bench bench-quick: build
	@for packages in bench bench/evm; do (cd $$packages && npm ci --silent) || exit 1; done
	@$(BENCH) $(if $(filter bench-quick,$@),--quick)

lint:
	@$(BOOTSTRAP) install
	@npm run --silent lint

packages:
	@$(BOOTSTRAP) install
	@$(NODE) tools/pack/main.ts

images:
	@$(BOOTSTRAP) install
	@$(IMAGES_RUN) build $(IMAGES_OPTIONS)

images-check:
	@$(BOOTSTRAP) install
	@$(IMAGES_RUN) check $(if $(IMAGES),,app cometbft) $(IMAGES_OPTIONS)

drill-ledger: build
	@SEED="$(SEED)" $(NODE) tools/drill-ledger.ts

drill-sre: build
	@$(NODE) --disable-warning=ExperimentalWarning --import ./tools/run-sources.ts test/sre/main.ts $(if $(ONLY),--only "$(ONLY)")

dashboards:
	@$(NODE) tools/draw-dashboards.ts --data "$(DATA)" $(if $(MINUTES),--minutes $(MINUTES)) $(if $(PROGRAM),--program $(PROGRAM))

pictures: build
	@$(NODE) --disable-warning=ExperimentalWarning --import ./tools/run-sources.ts test/pictures/main.ts $(if $(filter-out 0,$(WRITE)),--into docs/images)

chaos: build
	@HOURS="$(if $(filter command environment,$(firstword $(origin HOURS))),$(HOURS))" SEED="$(SEED)" $(NODE) \
		--disable-warning=ExperimentalWarning --import ./tools/run-sources.ts test/chaos/rounds.ts

soak:
	@$(BOOTSTRAP) install
	@HOURS="$(HOURS)" SEED="$(SEED)" FUZZER="$(FUZZER)" DATA="$(DATA)" nice -n 19 $(NODE) --disable-warning=ExperimentalWarning \
		--import ./tools/run-sources.ts test/fuzz/soak.ts

# KEEP has another default here: a cluster is not left up unless that was asked for.
e2e-k8s:
	@KEEP=$(if $(filter command environment,$(firstword $(origin KEEP))),$(KEEP),0) node test/k8s/e2e/main.mjs $(if $(STEPS),--only $(STEPS))
