# The project's tasks. Each is a line of cargo; `just` alone lists them.

_list:
    @just --list --unsorted

# what CI runs, without the parts that need Go
ready: fmt lint test codegen-check deny

# all tests: no cluster, no Go, no network beyond the crate registry
test:
    cargo test --workspace

# format everything, the rules included
fmt:
    cargo xtask fmt

# lints, warnings denied
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# write a new rule and its fixture: just new-rule pod/image-pull
new-rule ID:
    cargo xtask new-rule {{ID}}

# write the generated reference under docs/
codegen:
    cargo xtask codegen

# fail when docs/ is stale
codegen-check:
    cargo xtask codegen --check

# licences, bans, sources
deny:
    cargo deny --offline check bans licenses sources

# known vulnerabilities; needs the network
advisories:
    cargo deny check advisories

# a disposable control plane until interrupted; needs Go
cluster:
    cargo xtask cluster up

# the binary against a real control plane; needs Go
e2e:
    cargo xtask e2e

# the template of a custom analyzer
example:
    cargo xtask example

# speed and memory, paired against a baseline; needs Go
bench:
    cargo xtask bench
