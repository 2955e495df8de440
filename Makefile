# The whole dev loop. `make help` lists the targets.
PYTHON ?= python3
PORT ?= 8000
DATA ?= data
VENV := .venv
BIN := $(VENV)/bin
DYNAMODB := build/dynamodb/package/emulator
RUNTIME := functions/requirements.txt infra/requirements/site.txt

# What Python and pytest compile is kept, also where the environment would have it done anew by each process.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help always aws build install run run-aws test test-long test-browser test-aws site-check test-dynamodb photos proof drill bench load growth mutants fuzz package publish check lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	@echo "$(CURDIR)/functions" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/portal.pth"

$(VENV)/run.stamp: $(RUNTIME) | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes $(addprefix -r ,$(RUNTIME))
	@touch $@

$(VENV)/aws.stamp: $(VENV)/run.stamp infra/requirements/aws.txt
	$(BIN)/pip install --quiet --require-hashes -r infra/requirements/aws.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/aws.stamp infra/requirements/dev.txt
	$(BIN)/pip install --quiet --require-hashes -r infra/requirements/dev.txt
	@touch $@

# An npm package carries the jar as Amazon publishes it.
$(DYNAMODB)/DynamoDBLocal.jar:
	@mkdir -p build/dynamodb
	cd build/dynamodb && npm pack --silent amplify-dynamodb-simulator@2.9.30 && tar xzf amplify-dynamodb-simulator-*.tgz

# What the site is built from besides files; written anew when one of them says something else than last time.
SETTINGS := "ADDRESS=$$ADDRESS" "SCHEMAS=$$SCHEMAS" "SERVICES=$$SERVICES"
build/settings: always
	@mkdir -p build
	@printf '%s\n' $(SETTINGS) | cmp -s - $@ || printf '%s\n' $(SETTINGS) > $@

build/site/index.html: $(VENV)/run.stamp build/settings mkdocs.yml $(shell find site schemas $(SCHEMAS) functions/portal/*.py functions/portal/*.toml functions/portal/core functions/portal/forms functions/portal/chart functions/portal/papers functions/portal/site functions/portal/documents functions/portal/web/static functions/portal/web/templates/frame -type f 2>/dev/null)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@$(BIN)/python -m whitenoise.compress --quiet build/site

build: build/site/index.html ## make .venv and the site

# Whoever packages it gives DESTDIR; what would change this machine (user, folders, units) is then left to the package.
PREFIX ?= /usr/local
install: build/site/index.html ## as a service of this machine: code, units, settings, `portal` (ADDRESS= PREFIX= DESTDIR=)
	@ADDRESS="$(ADDRESS)" PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" BIN="$(BIN)" sh infra/install/install.sh

aws: $(VENV)/aws.stamp ## what the command line needs for the portal on AWS (ENGINE=aws), and infra/restore.py

run: build/site/index.html ## start the portal in rehearsal mode (PORT=8000 DATA=data)
	@$(BIN)/python -m portal --data "$(DATA)" serve --rehearsal --port $(PORT)

run-aws: $(VENV)/test.stamp build/site/index.html ## the same on AWS as moto plays it, from infra/template.yaml (PORT=8000)
	@$(BIN)/python infra/run_aws.py --port $(PORT)

# Following every branch makes Python's own work half as long again, so that the core is covered by its own tests, and
# the whole portal when asked for (COVERAGE=1).
COVERED := --cov-branch --cov-report=term
CORE_FLOOR := 95
test: $(VENV)/test.stamp build/site/index.html ## lint, types and the tests without the long ones, browser and AWS (COVERAGE=1 covers all)
	$(BIN)/ruff check functions infra tests
	$(BIN)/ruff format --check functions infra tests
	$(BIN)/mypy
	$(BIN)/pytest tests/core $(COVERED) --cov=portal.core --cov-fail-under=$(CORE_FLOOR)
	$(BIN)/pytest -m "not cloud and not browser $(if $(COVERAGE),,and not long)" $(if $(COVERAGE),$(COVERED) --cov,--ignore=tests/core)

test-long: $(VENV)/test.stamp build/site/index.html ## weeks that are played, servers that are killed, sites of other offices
	$(BIN)/pytest -m "long and not cloud and not browser"

test-browser: $(VENV)/test.stamp build/site/index.html ## the pages as people meet them, in Debian's Chromium
	$(BIN)/pytest -m "browser and not cloud"

# Lighthouse's version is part of what a score means.
build/npm/lighthouse.stamp:
	@mkdir -p build/npm
	cd build/npm && npm install --silent --no-audit --no-fund --no-save --no-package-lock lighthouse@13.5.0
	@touch $@

site-check: $(VENV)/test.stamp build/site/index.html build/npm/lighthouse.stamp ## Lighthouse, axe, weights, links, pictures: build/site-check.md (needs npm)
	@PYTHONPATH=functions:. $(BIN)/python -m tests.support.site_check

photos: $(VENV)/test.stamp ## what becomes of forty photos, good and bad: build/photos.md (minutes)
	@PYTHONPATH=functions:. $(BIN)/python -m tests.support.photo_table

proof: $(VENV)/test.stamp build/site/index.html ## what is proven by going through all of it: build/proof.md (an hour; PROOF=Files for one table)
	@PYTHONPATH=functions:infra:. $(BIN)/python -m tests.support.proof $(PROOF)

test-aws: $(VENV)/test.stamp build/site/index.html ## the story, the handlers, the package and its permissions on AWS as moto plays it
	$(BIN)/pytest -m cloud

test-dynamodb: $(VENV)/test.stamp $(DYNAMODB)/DynamoDBLocal.jar ## the records on AWS's own DynamoDB engine (needs Java and npm)
	DYNAMODB_LOCAL=$(DYNAMODB) $(BIN)/pytest tests/engines/test_dynamodb_local.py

bench: $(VENV)/test.stamp $(if $(and $(shell command -v java),$(shell command -v npm)),$(DYNAMODB)/DynamoDBLocal.jar) ## measure cold start, calls, growth and cost into build/bench.md (minutes)
	@PYTHONPATH=infra:. $(BIN)/python -m bench --dynamodb $(DYNAMODB) $(BENCH)

load: $(VENV)/test.stamp build/site/index.html ## measure the portal with many people at once: build/load.md (six minutes; LOAD="--people 30")
	@PYTHONPATH=functions:infra:. $(BIN)/python -m tests.support.load $(LOAD)

growth: $(VENV)/test.stamp ## measure whether anything grows with the cases that are closed: build/growth.md (GROWTH="--cases 1000 1000000")
	@PYTHONPATH=functions:infra:. $(BIN)/python -m tests.support.growth $(GROWTH)

drill: $(VENV)/test.stamp build/site/index.html ## install, run, kill, restore, upgrade, move to AWS and back: build/drill.md (minutes)
	@PYTHONPATH=functions:infra:. $(BIN)/python -m tests.support.drill $(DRILL)

build/mutmut/bin/mutmut: infra/requirements/mutants.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes --target build/mutmut -r infra/requirements/mutants.txt
	@touch $@

mutants: $(VENV)/test.stamp build/mutmut/bin/mutmut ## change the core in thousands of small ways, and see which its tests do not notice (an hour)
	@$(BIN)/python infra/mutants.py $(MUTANTS)

build/fuzz/bin/schemathesis: infra/requirements/fuzz.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes --target build/fuzz -r infra/requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)/test.stamp build/site/index.html build/fuzz/bin/schemathesis ## ten thousand made-up requests and files for a quarter of an hour: build/fuzz.md (FUZZ="--requests 500 --seconds 20")
	@PYTHONPATH=functions:infra:.:build/fuzz $(BIN)/python -m tests.support.fuzz $(FUZZ)

package: $(VENV)/run.stamp ## build/package.zip, what infra/template.yaml deploys (Lambda: arm64, Python 3.13)
	@$(BIN)/python infra/package.py

# Files whose names say what they hold may be kept, and stay for pages that are still open (functions/portal/edge.py).
KEPT := aset/* stylesheets/* assets/javascripts/bundle.*.min.js assets/javascripts/inline.*.js
# Pages and what the search asks, anew each time; the rest (papers, pictures) for a day.
FRESH := *.html *.xml *.json *.txt *worker.js
publish: ## copy the site to the stack's bucket (ADDRESS= BUCKET= DISTRIBUTION=; needs the AWS CLI)
	@test -n "$(ADDRESS)" -a -n "$(BUCKET)" -a -n "$(DISTRIBUTION)" || { echo "ADDRESS=, BUCKET= and DISTRIBUTION= are needed"; exit 2; }
	rm -rf build/site
	ADDRESS="$(ADDRESS)" $(MAKE) build/site/index.html
	aws s3 sync build/site "s3://$(BUCKET)" --exclude "*" $(KEPT:%=--include "%") --exclude "*.gz" --cache-control "public, max-age=31536000, immutable"
	aws s3 sync build/site "s3://$(BUCKET)" --delete --exclude "*" $(FRESH:%=--include "%") --cache-control "public, no-cache"
	aws s3 sync build/site "s3://$(BUCKET)" --delete $(KEPT:%=--exclude "%") $(FRESH:%=--exclude "%") --exclude "*.gz" --cache-control "public, max-age=86400"
	aws cloudfront create-invalidation --distribution-id "$(DISTRIBUTION)" --paths "/*"

lock: ## pin and hash the requirements anew from pyproject.toml (needs uv)
	sh infra/requirements/lock.sh

clean: ## remove what was built (keeps the data folder)
	rm -rf build $(VENV)
