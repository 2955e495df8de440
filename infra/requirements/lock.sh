#!/bin/sh
# Pins and hashes the requirements files from pyproject.toml. One resolution for all of them, so that the runtime, the
# site and the tests agree on every version; no file records where anything was downloaded from. What is pinned already
# keeps its version, so that a new dependency is all that changes; `RENEW=--upgrade make lock` takes the newest of all.
# Extras stay written: an older pip takes a bare `coverage==1.0` for another thing than the `coverage[toml]` somebody asks
# for, and stops as soon as a newer one is published.
set -eu
all=$(mktemp)
trap 'rm -f "$all"' EXIT
sed -n 's/ *\\$//; /==/p' functions/requirements.txt infra/requirements/*.txt | sort -u > "$all"
compile="uv pip compile -q --no-strip-extras --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links"
$compile ${RENEW:-} pyproject.toml --group aws --group site --group bench --group dev -o "$all"
$compile --generate-hashes pyproject.toml -c "$all" -o functions/requirements.txt
$compile --generate-hashes pyproject.toml --group aws -c "$all" -o infra/requirements/aws.txt
$compile --generate-hashes --group site -c "$all" -o infra/requirements/site.txt
$compile --generate-hashes --group bench -c "$all" -o infra/requirements/bench.txt
$compile --generate-hashes --group mutants -c "$all" -o infra/requirements/mutants.txt
$compile --generate-hashes --group fuzz -c "$all" -o infra/requirements/fuzz.txt
$compile --generate-hashes --group dev -c "$all" -o infra/requirements/dev.txt
