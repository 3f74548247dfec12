# Every target installs what it needs from Debian's packages (see Scripts/prepare), as root or through sudo.

SWIFT ?= swift

.PHONY: help prepare build release demo programs install man deb test sanitize fuzz matrix torture locks adopt bench check test-system test-conformance format clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 20

prepare: ## installs the Debian packages that building and testing need
	@Scripts/prepare

build: prepare ## builds everything, for debugging
	$(SWIFT) build

release: prepare ## builds the programs for use
	$(SWIFT) build -c release --product sequenced
	$(SWIFT) build -c release --product sequencectl
	$(SWIFT) build -c release --product salesforce-emulator

# The Swift runtime goes into the programs: a host that has no Swift runs them.
BUILT ?= .build/release
PREFIX ?= /usr/local
STATIC = -c release --static-swift-stdlib --disable-local-rpath

programs: prepare
	$(SWIFT) build $(STATIC) --product sequenced
	$(SWIFT) build $(STATIC) --product sequencectl
	$(SWIFT) build $(STATIC) --product salesforce-emulator

install: prepare ## puts the built programs in their places (DESTDIR, PREFIX=/usr/local; first: make programs)
	@[ -x $(BUILT)/sequenced ] || { echo "run make programs first"; exit 1; }
	@Scripts/prepare python3 binutils
	@packaging/install --bin $(BUILT) --destdir "$(DESTDIR)" --prefix $(PREFIX)

man: ## makes the manual pages in .build/man
	@packaging/manual --bin $(BUILT) --version "$$(packaging/version)" --output .build/man

deb: programs ## builds a Debian package in .build/deb and has lintian look at it
	@Scripts/prepare python3 dpkg-dev binutils lintian
	@package=$$(packaging/deb --bin $(BUILT) --output .build/deb) && echo $$package && \
		lintian --fail-on error --suppress-tags bad-distribution-in-changes-file $$package

demo: prepare ## runs a real sequence into the emulator and shows what happens
	$(SWIFT) build
	@Scripts/demo

test: prepare ## builds and passes all tests that need no systemd of their own
	$(SWIFT) build --build-tests
	@SWIFT="$(SWIFT)" Scripts/test

# Programs that tests start are the ordinary ones; SEQUENCED_PROGRAMS= has those watched, too.
SANITIZED = --sanitize=thread --scratch-path .build/thread
sanitize: build ## passes tests under the thread sanitizer: SUITES='a regular expression of names' for some (hours)
	$(SWIFT) build --build-tests $(SANITIZED)
	@SEQUENCED_PROGRAMS=$${SEQUENCED_PROGRAMS-$(CURDIR)/.build/debug} SWIFT="$(SWIFT)" \
		TSAN_OPTIONS="exitcode=66 suppressions=$(CURDIR)/Scripts/thread-sanitizer.txt $$TSAN_OPTIONS" \
		Scripts/test $(SANITIZED) $(if $(SUITES),--filter '$(SUITES)')

test-system: prepare ## boots a real systemd and runs the service under it
	$(SWIFT) build
	@Scripts/test-system

test-conformance: prepare ## drives the emulator with clients that others wrote, the control socket with Schemathesis, login with Chromium
	@Scripts/prepare python3-venv chromium chromium-driver
	$(SWIFT) build
	@Scripts/test-conformance

locks: prepare ## 100,000 contacts whose trigger locks their 1,000 accounts
	$(SWIFT) build --build-tests
	SEQUENCED_LOCK_TEST_CONTACTS=100000 $(SWIFT) test --skip-build --no-parallel --filter 'Contacts that lock'

adopt: prepare ## compares 100,000 rows with an org that holds them, 100 of them otherwise
	$(SWIFT) build --build-tests
	SEQUENCED_ADOPT_TEST_ROWS=100000 $(SWIFT) test --skip-build --no-parallel --filter 'An org that is filled already'

fuzz: prepare ## feeds made-up input to the readers: READER=… SECONDS=… (each reader for a minute)
	@Scripts/fuzz "$(READER)" "$(or $(SECONDS),60)"

# What held is kept with the commit that it was played with: played again, it goes on where it was.
KEPT ?= .build/matrix-$(shell git rev-parse --short HEAD)
matrix: ## kills the daemon at every crash point and breaks every kind of call, in every mode by every API: LANES=2 PART=1/3 KEPT=FILE (hours)
	$(SWIFT) build --build-tests
	SEQUENCED_MATRIX=$(or $(MATRIX),full)/$(or $(LANES),2) SEQUENCED_MATRIX_PART=$(PART) SEQUENCED_MATRIX_KEPT=$(KEPT) \
		$(SWIFT) test --skip-build --filter 'Whatever is broken'

SEED ?= 20261123
RUNS ?= 200
ROWS ?= 200000

# The programs as they are used, not as they are debugged: the killer needs no crash points.
torture: release ## kills the daemon at random moments among random faults: SEED=… RUNS=… ROWS=… (hours)
	$(SWIFT) build --build-tests
	SEQUENCED_PROGRAMS=$(CURDIR)/.build/release SEQUENCED_TORTURE=$(SEED):$(RUNS):$(ROWS):999999 $(SWIFT) test --skip-build --filter 'Killed at random'

bench: release ## measures the built programs and their stations beside their peers (BENCH="diff delivery …" for some)
	@Scripts/prepare python3 python3-venv systemd dbus util-linux
	cd Benchmarks && $(SWIFT) build -c release
	test -d Benchmarks/.venv || python3 -m venv Benchmarks/.venv
	@echo "into Benchmarks/.venv, from PyPI: $$(tr '\n' ' ' <Benchmarks/bench/requirements.txt)"
	Benchmarks/.venv/bin/pip install --quiet --requirement Benchmarks/bench/requirements.txt
	cd Benchmarks && .venv/bin/python -m bench $(BENCH)

check: ## format, strictly
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Fuzzing/Package.swift Fuzzing/Sources/Fuzz

format: ## formats in place
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Fuzzing/Package.swift Fuzzing/Sources/Fuzz

clean: ## removes what was built
	rm -rf .build
