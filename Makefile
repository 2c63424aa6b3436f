# Two commands do it all: `make demo` runs the main job, `make test` runs every check. `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CARGO ?= cargo
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
TRIPLE := x86_64-unknown-linux-gnu
DIST := dist/wardround-$(VERSION)-linux-x86_64

# What the tests need beyond Rust and a C compiler: setpriv, unshare and mount (util-linux), namespaces and links, readers of PDF,
# servers that are told notices (mail, syslog), a server of files (FTP), an exporter of flow records, a server that is read (SSH). None is started.
PACKAGES := util-linux mount iproute2 procps python3 poppler-utils qpdf python3-aiosmtpd python3-pyftpdlib rsyslog rsyslog-openssl softflowd openssh-server openssh-client nftables

.PHONY: help demo test check format lint unit dist dist-test packages lab-capture lab-lists walk zoo ask-servers bench-ask accuracy bench bench-see bench-live bench-know bench-site kills try-service fuzz fuzz-api intel clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## Build, import the demo hospital's lists, run a round over them and its capture, and plan six hours
	$(CARGO) build --release --locked --package wardround
	@mkdir -p .demo && rm -f .demo/rounds.sqlite*
	target/release/wardround import examples/lists/*.csv --day 2026-11-23 --store .demo/rounds.sqlite > .demo/import.txt
	target/release/wardround import examples/lists/packages.dpkg.txt --for 10.20.3.20 --day 2026-11-23 --store .demo/rounds.sqlite >> .demo/import.txt
	target/release/wardround round examples/clinic.pcapng --store .demo/rounds.sqlite --html .demo/round.html
	target/release/wardround plan --hours 6 --people biomed=2,network=2 --store .demo/rounds.sqlite
	@printf '\n%s\n' 'The same as a page for a browser or printer: .demo/round.html' \
	  'wardround is target/release/wardround here. A capture of your own: target/release/wardround round FILE'

test: packages format lint check dist unit ## Run every check: format, lints, layers, unit, property, snapshot and integration tests

packages: ## Install the Debian packages that the tests need, if missing
	@missing=$$(for package in $(PACKAGES); do dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done); \
	if [ -n "$$missing" ]; then lab/install-unstarted $$missing; fi

format:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

check: ## Hold the tree against the project's rules: layers, licences, banned crates, names
	$(CARGO) xtask check

unit: dist
	if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  WARDROUND_DIST="$(CURDIR)/$(DIST)" $(CARGO) nextest run --workspace --locked; \
	else WARDROUND_DIST="$(CURDIR)/$(DIST)" $(CARGO) test --workspace --locked; fi

dist: ## Build one self-contained Linux program with its checksum and bill of materials
	RUSTFLAGS="-C target-feature=+crt-static" $(CARGO) build --release --locked --package wardround --target $(TRIPLE)
	@mkdir -p dist
	cp $${CARGO_TARGET_DIR:-target}/$(TRIPLE)/release/wardround $(DIST)
	$(CARGO) xtask sbom > $(DIST).cdx.json
	cd dist && sha256sum $(notdir $(DIST)) $(notdir $(DIST)).cdx.json > $(notdir $(DIST)).sha256

lab-capture: ## Build the lab hospital, play its quarter of an hour, record the demo capture (needs root; a few minutes)
	lab/capture

walk: ## Walk through the site in headless Chromium as a first-time user, and look at every page with axe-core (needs root)
	walk/run

bench: ## Time reading and looking up beside the named peers (needs tshark; minutes)
	bench/capture
	$(CARGO) bench --package wardround-intel

bench-see: ## Time seeing a GB beside capinfos, nDPI, Suricata and tshark (needs root where they are missing; 15 minutes)
	bench/see

bench-live: ## At which rate packets are first dropped, beside tcpdump (needs root and tcpreplay; minutes)
	bench/live

bench-know: ## Time judging, planning and paths, and compare matching with cve-bin-tool (needs ../shared/data/nvd; minutes)
	bench/know

accuracy: ## Hold what is read of captures against what others wrote of them, and the demo against the truth of the lab (needs ../shared/data; minutes)
	bench/accuracy

bench-site: ## Time the site's pages on a very large store with 20 people at once (needs wrk; minutes)
	bench/site

KILLS ?= 100

kills: ## Kill the site KILLS=100 times at random moments under load, and say whether all that it acknowledged is there (minutes)
	WARDROUND_KILLS=$(KILLS) $(CARGO) test --locked --package wardround --test site -- --exact --nocapture \
	  rounds::killed_at_random_moments_under_load_every_acknowledged_invitation_is_there

try-service: ## Run the service under a real systemd in namespaces of its own, also where it may listen (needs root; seconds)
	@command -v curl >/dev/null && [ -x /lib/systemd/systemd ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl systemd; }
	$(CARGO) build --release --locked --package wardround
	packaging/try target/release/wardround

zoo: ## Let nmap loose on the simulated fragile devices, to see what it kills (installs nmap; minutes)
	@command -v nmap >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nmap; }
	$(CARGO) test --locked --package wardround-send --test zoo -- --ignored --exact nmap_in_the_same_zoo_kills_several --nocapture

# Real servers of each question that can be put.
SERVERS := openssh-server openssl dnsmasq-base bind9 nginx-light vsftpd samba slapd mariadb-server postgresql cups-daemon cups-ipp-utils \
           avahi-daemon dbus xrdp snmpd lldpd chrony dcmtk python3-pymodbus python3-serial-asyncio samba-ad-dc samba-ad-provision ldb-tools minidlna

ask-servers: ## Put every question to a real server of its kind (needs root; installs servers, which are not started; two minutes)
	@missing=$$(for package in $(SERVERS); do dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done); \
	if [ -n "$$missing" ]; then lab/install-unstarted $$missing; fi
	@[ -x lab/.venv/bin/python ] || python3 -m venv lab/.venv
	@lab/.venv/bin/pip install -q --disable-pip-version-check bacpypes==0.19.0 fhirstarter==4.2.0 uvicorn==0.54.0 WSDiscovery==2.1.2
	ALL_SERVERS=yes $(CARGO) test --locked --package wardround-send --test servers -- --ignored --exact real_servers_answer_and_are_named switch::a_switch_tells_its_neighbours snmp3::an_agent_answers_the_users_that_it_knows \
	  multicast::a_device_answers_what_all_are_asked --nocapture
	ALL_SERVERS=yes $(CARGO) test --locked --package wardround --test program -- --ignored --exact directory::a_domain_tells_its_computers_and_accounts --nocapture

bench-ask: ## Compare a round of questions with nmap on the same real servers: what both name, and packets (needs root; minutes)
	bench/ask

lab-lists: ## Write the demo hospital's lists again
	lab/lists.py

fuzz-api: ## Hold the API of a running site against its own description with schemathesis (needs Python with pip; minutes)
	fuzz/api

fuzz: ## Run every fuzz target for a minute
	fuzz/run 60

FROM ?= ../shared/data/nvd ../shared/data/kev ../shared/data/epss ../shared/data/vulnrichment ../shared/data/csaf/cisa-csaf.tar.gz ../shared/data/oui ../shared/data/eol

intel: ## Rebuild the committed snapshot of intelligence from the feeds in FROM="DIR DIR"
	$(CARGO) run --release --locked --package wardround -- intel build $(addprefix --from ,$(FROM)) --snapshot --output crates/intel/data/snapshot.wri

clean: ## Remove what was built
	$(CARGO) clean
	rm -rf dist .demo
