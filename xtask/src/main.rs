//! `cargo xtask <command>`: the only list of the project's commands; the public checks run the same ones.
//!
//! It uses nothing but the standard library, so that the first command on a fresh machine starts within seconds.
//! One file per command; a new command is a file, a `mod` line and a row in [`COMMANDS`].
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on its terminal")]

mod bench;
mod check;
mod client;
mod fuzz;
mod guards;
mod openapi;
mod pictures;
mod serve;
mod servers;
mod settings;
mod shell;
mod shop;
mod states;
mod suites;
mod test;
mod watchdog;
mod workspace;

use std::process::ExitCode;

use shell::Outcome;

struct Command {
    name: &'static str,
    arguments: &'static str,
    purpose: &'static str,
    run: fn(&[String]) -> Outcome<ExitCode>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "check",
        arguments: "",
        purpose: "everything that must hold before a merge: format, clippy, deny, tests",
        run: check::run,
    },
    Command {
        name: "test",
        arguments: "[-- cargo test words]",
        purpose: "the whole test suite, with a MySQL, a Redis and a Chromium found or fetched",
        run: test::run,
    },
    Command {
        name: "servers",
        arguments: "[--durable]",
        purpose: "starts a MySQL and a Redis to test against, finds a Chromium, until ctrl-c",
        run: serve::run,
    },
    Command {
        name: "mutate-guards",
        arguments: "[name...]",
        purpose: "takes each guard out of a copy of the code: its test must turn red",
        run: guards::run,
    },
    Command {
        name: "bench",
        arguments: "[words]",
        purpose: "measures the release build against a durable MySQL",
        run: bench::run,
    },
    Command {
        name: "client",
        arguments: "",
        purpose: "a TypeScript client made from docs/openapi.json compiles and buys something (Node.js, npm)",
        run: client::run,
    },
    Command {
        name: "fuzz",
        arguments: "[--examples N]",
        purpose: "schemathesis against a running shop, as nobody, shopper and administrator (Python 3)",
        run: fuzz::run,
    },
    Command {
        name: "openapi",
        arguments: "[--accept]",
        purpose: "writes docs/openapi.json anew from the code; --accept: callers may rely on it",
        run: openapi::run,
    },
    Command { name: "states", arguments: "", purpose: "writes docs/states.md anew from the code", run: states::run },
    Command {
        name: "pictures",
        arguments: "",
        purpose: "draws the pictures of the demo catalogue anew",
        run: draw_pictures,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, arguments)) = words.split_first() else {
        print_help();
        return ExitCode::SUCCESS;
    };
    if ["help", "--help", "-h"].contains(&name.as_str()) {
        print_help();
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("xtask: there is no command `{name}`\n");
        print_help();
        return ExitCode::FAILURE;
    };
    (command.run)(arguments).unwrap_or_else(|problem| {
        eprintln!("xtask: {problem}");
        ExitCode::FAILURE
    })
}

fn draw_pictures(arguments: &[String]) -> Outcome<ExitCode> {
    if arguments.is_empty() {
        pictures::run().map(|()| ExitCode::SUCCESS)
    } else {
        Err("usage: cargo xtask pictures".to_owned())
    }
}

fn print_help() {
    println!("usage: cargo xtask <command>\n");
    for Command { name, arguments, purpose, .. } in COMMANDS {
        println!("  {:<32} {purpose}", format!("{name} {arguments}"));
    }
}
