//! `cargo xtask check`: rules of the project that a command can hold the tree against. `cargo xtask sbom`: what the program
//! is made of.
//!
//! Not here: format, lints and tests, which the ordinary tools know.

mod layers;
mod licences;
mod sbom;
mod traced;
mod tree;

use std::process::ExitCode;

use serde_json::Value;

/// A rule that the tree breaks, in one line that says what to do.
type Broken = String;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("check") => check(),
        Some("sbom") => print_sbom(),
        _ => {
            eprintln!("usage: cargo xtask check | sbom");
            ExitCode::from(2)
        }
    }
}

fn check() -> ExitCode {
    let broken = match cargo_metadata() {
        Ok(metadata) => {
            [layers::check(&metadata), licences::check(&metadata), tree::check(), traced::check()].concat()
        }
        Err(error) => vec![error],
    };
    for line in &broken {
        eprintln!("check: {line}");
    }
    if broken.is_empty() {
        println!("check: layers, licences, banned crates, names and the tests of ASVS hold");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

fn print_sbom() -> ExitCode {
    match cargo_metadata().and_then(|metadata| sbom::sbom(&metadata)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("sbom: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What cargo knows of the workspace and all that it is built from.
fn cargo_metadata() -> Result<Value, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = std::process::Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .output()
        .map_err(|error| format!("cargo metadata could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata is not JSON: {error}"))
}

/// The text at `key` of a package, or an empty one.
fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The list at `key`, or an empty one.
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
