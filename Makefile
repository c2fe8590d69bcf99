# Everything that is done often. `make test` is what must pass before a commit; `bash .ci/run` runs it on a clean machine.
# CARGO_TARGET_DIR is honoured; rustup's cargo is found without a login shell.

ifneq ($(wildcard $(HOME)/.cargo/bin/cargo),)
export PATH := $(HOME)/.cargo/bin:$(PATH)
endif
# The interpreters that tests/it gives to tests/clients.
export SYMBOLON_TEST_PYTHON ?= $(CURDIR)/tests/clients/python/.venv/bin/python
export SYMBOLON_TEST_NODE ?= node

target := $(or $(CARGO_TARGET_DIR),target)
stage := @bash .ci/stage

.PHONY: help setup test check fmt deny audit dev bench dist fuzz-api torture

help:
	@echo 'make setup   install what is missing: PostgreSQL, Chromium, Python, Node (Debian; root or sudo)'
	@echo 'make dev     run the playground'
	@echo 'make check   the inner loop: format, lints, unit tests'
	@echo 'make test    everything, as before a commit: setup, format, lints, licences, documents, all tests'
	@echo 'make fmt     format the code'
	@echo 'make deny    licences and banned crates (needs cargo-deny)'
	@echo 'make audit   known vulnerabilities (needs cargo-deny and the RustSec database)'
	@echo 'make fuzz-api five minutes of schemathesis on every endpoint (SECONDS=300); make test gives it less'
	@echo 'make torture the rows of security.md that name a number of rounds, with all of them; make test does some'
	@echo 'make bench   the load program (BENCH=arguments; the limits of this machine without)'
	@echo 'make dist    the binary as it is shipped'

setup:
	$(stage) setup bash .ci/setup

# The tests come last, so that a run ends with what they say.
test:
	$(stage) setup bash .ci/setup
	$(stage) fmt cargo fmt --check
	$(stage) clippy cargo clippy --locked --all-targets -- -D warnings
	@if cargo deny --version >/dev/null 2>&1; then $(MAKE) --no-print-directory deny; \
	else echo '== deny: SKIPPED, licences and banned crates are NOT checked: cargo-deny is not installed'; fi
	$(stage) doc env RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --lib
	$(stage) doctest cargo test --locked --doc
	$(stage) test cargo test --locked --lib --bins --tests

check:
	$(stage) fmt cargo fmt --check
	$(stage) clippy cargo clippy --all-targets -- -D warnings
	$(stage) test cargo test --lib

fmt:
	cargo fmt

deny:
	$(stage) deny cargo deny --locked check bans licenses sources

audit:
	$(stage) audit cargo deny --locked check advisories

dev:
	cargo run -- dev

# Longer than within `make test`: what the document of the API promises, held against a running server.
SECONDS ?= 300
fuzz-api:
	$(stage) fuzz-api env SYMBOLON_SCHEMATHESIS_SECONDS=$(SECONDS) cargo test --locked --test it schemathesis:: -- --nocapture

# Everything that asks tests/it/support/rounds.rs how often.
TORTURE ?= at_02_ at_14_ at_15_ vault_kills:: vault_herd:: vault_model:: vault_real::
torture:
	$(stage) torture env SYMBOLON_TEST_TORTURE=1 cargo test --locked --test it -- $(TORTURE)

# A program of its own, which measures any server: make bench BENCH='--issuer … --client-id …'; see its --help.
BENCH ?= --anchors-only
bench:
	cargo run --locked --release --manifest-path benches/Cargo.toml -- $(BENCH)

dist:
	cargo build --locked --profile dist
	@ls -l $(target)/dist/symbolon
	@sha256sum $(target)/dist/symbolon
