# The project's tasks. `make setup` once; the others run it first and it does nothing when all is up to date.

PYTHON ?= python3
RUN := .venv/bin/iatro-env

.PHONY: setup demo test soak bench bench-full peers mutate coverage lint audit docs lock rosdep-check release-check clean

setup:
	@$(PYTHON) tools/setup_env.py

demo: setup
	@.venv/bin/iatro demo $(if $(TRANSCRIPTS),--transcripts "$(TRANSCRIPTS)")

# K=expression selects tests, as pytest's -k does.
test: setup
	@$(RUN) python tools/run_tests.py $(if $(K),-k "$(K)")

# An hour of the simulated base in one process, and 15 minutes of real nodes beside a bare relay: is memory flat? Its table
# is in docs/benchmarks.md whatever becomes of the rest.
# Then 15 minutes in which everything around a governor fails, and 100,000 malformed messages and lines for each reader
# (of profiles, ledgers and indexes some thousands),
# and 200 kills of a ledger's writer, and of recorder, witness and governor under load; SEED=n does the same again,
# CHAOS_S=n takes n seconds.
# Every robot of example-robot-data gets a profile, or is told why not. Then the arm's scenarios, four robots between
# random volumes and a base in random zones, with SEEDS more seeds each. Minutes a seed.
# And examples of every property that `make test` has not seen.
# A part that fails stops none after it: the target fails at its end, and names it.
soak: SEED := $(or $(SEED),$(shell date +%s))
soak: setup
	@echo "SEED=$(SEED)"; failed=""; \
	part() { echo "soak: $$1"; name="$$1"; shift; env "$$@" || failed="$$failed $$name"; }; \
	part memory $(RUN) python -m bench.soak; \
	part page $(RUN) python -m tools.benchmarks; \
	part chaos IATRO_SEED=$(SEED) IATRO_CHAOS_S=$(or $(CHAOS_S),900) $(RUN) python -m test.own_network \
		python tools/run_tests.py -s test/chaos; \
	part fuzz IATRO_SEED=$(SEED) IATRO_FUZZ=100000 $(RUN) python tools/run_tests.py test/fuzz; \
	part kills IATRO_SEED=$(SEED) IATRO_KILLS=200 $(RUN) python -m test.own_network \
		python tools/run_tests.py test/ledger/test_crash.py test/nodes/test_killed.py; \
	part robots IATRO_SEEDS=$(or $(SEEDS),10) $(RUN) python tools/run_tests.py test/cli/test_init.py \
		test/trial/test_arm_governed.py test/governor/test_arm_closed_loop.py \
		test/governor/test_arm_stops.py test/governor/test_out_of_a_zone.py; \
	part examples IATRO_EXAMPLES=new $(RUN) python tools/run_tests.py test/body test/limits test/governor \
		test/testimony test/ledger; \
	[ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

# A governed hop beside a bare relay, peers on one corpus of hostile commands, times of the core's steps beside the
# budgets of the design, from every fault to the first stop command on the wire, of labelling a text, whether a hundred
# statements a second all get their verdict, how often the monitor of rates cries wolf, of the simulated robots and of
# campaigns; out/bench/*.json, and docs/benchmarks.md made of them.
bench: setup peers
	@$(RUN) python -m bench.hop
	@$(RUN) python -m bench.peers
	@$(RUN) python -m bench.core
	@$(RUN) python -m bench.growth
	@$(RUN) python -m bench.stops
	@$(RUN) python -m bench.ledger
	@$(RUN) python -m bench.labels
	@$(RUN) python -m bench.statements
	@$(RUN) python -m bench.monitor
	@$(RUN) python -m bench.plant
	@$(RUN) python -m bench.trial
	@$(RUN) python -m tools.benchmarks

# The packages that are measured beside us, in .venv-peers: none of them gets into our own environment.
peers: setup
	@$(RUN) python -m bench.peers --environment

# The hop with seven turns of 2,000 messages of each rate, and the ledger with ten million records, each beside what `make
# bench` left: takes some GB in out/bench/, and most of an hour.
bench-full: setup
	@$(RUN) python -m bench.hop --full
	@$(RUN) python -m bench.ledger --full
	@$(RUN) python -m tools.benchmarks

# Lines and branches of the deciding rooms that the tests which need no ROS take, room by room, in out/bench/coverage.json
# and docs/benchmarks.md; which they do not take, line by line, in out/coverage/.
COVERED := test/limits test/profile test/governor test/faults test/peers test/testimony test/ledger test/cli/test_verify_clips.py
coverage: setup
	@mkdir -p out/coverage
	@$(RUN) coverage erase
	@$(RUN) coverage run -m pytest -q -m "not ros and not alone and not apart" $(COVERED)
	@$(RUN) coverage combine -q
	@$(RUN) coverage html -q -d out/coverage/html
	@$(RUN) coverage report > out/coverage/report.txt
	@$(RUN) coverage json -q -o out/coverage/coverage.json
	@$(RUN) python -m bench.covered out/coverage/coverage.json
	@$(RUN) python -m tools.benchmarks

# Small wrong changes to every room, or to one, each tried against the tests that run the line: make mutate ROOM=limits
# FILES="speed.py" SHARD=1/4. Fails on a change that no test notices and tools/mutation/accepted.yaml does not name with
# its reason; docs/benchmarks.md has the counts either way. Every room takes hours; what was tried is kept in out/mutation/.
mutate: setup
	@code=0; \
	$(RUN) python -m tools.mutation $(ROOM) $(if $(FILES),--files $(FILES)) $(if $(SHARD),--shard $(SHARD)) || code=$$?; \
	$(RUN) python -m tools.benchmarks && exit $$code

lint: setup
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) lint-imports

# Licences of every package that is pinned or installed, and what is known to be wrong with its version, by the tables in
# tools/audit/ and without a network; what is installed as a bill of materials, out/audit/bill.cdx.json (CycloneDX).
audit: setup
	@$(RUN) python -m tools.audit

# The documentation as a site that needs no network, in out/site; a link that leads nowhere is an error.
docs: setup
	@NO_MKDOCS_2_WARNING=1 $(RUN) python -m mkdocs build --quiet --strict
	@echo "out/site/index.html"

lock:
	@tools/lock.sh --upgrade

# package.xml's keys against the rosdep database, over the network; WRITE=1 writes tools/rosdep_keys.yaml again.
rosdep-check: setup
	@$(RUN) python -m tools.rosdep_check $(if $(WRITE),--write)

# Whether TAG=v1.2.3 may be set: versions agree, and the changelog has its date.
release-check: setup
	@$(RUN) python -m tools.release_check $(TAG)

clean:
	rm -rf build install log out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
