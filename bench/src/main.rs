//! What the server costs, as ratios to ceilings taken in the same run.
//!
//! A figure such as "2,000 orders a second" says more about a machine than about a server. So beside every scenario
//! runs its ceiling: the least that could answer the same request, on the same database, in alternating rounds. What is
//! reported is the ratio of the two.
//!
//! | Scenario | Ceiling |
//! | --- | --- |
//! | product list, product page | [`bare`]: an actix handler that runs the same statements and serialises the same JSON |
//! | add to cart, place order | [`sql`]: the same statements from a loop, without HTTP |
//! | log-in | [`password`]: the same Argon2 verification from a loop |
//!
//! Beside them stands the [`storm`]: what many log-ins at once do to those who only look around.
//!
//! And beside all of these, on demand, the [`streams`]: what it costs to keep many idle ones open.
//!
//! This crate depends on no other crate of ours: it sees the server as a shopper does, and the database as the server
//! does. The price is that it repeats statements and bodies. `drive` compares them before it measures: a ceiling that
//! answers something else than the server stops the run.
//!
//! To add a scenario: a variant in [`scenario`], its requests, its ceiling.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on its terminal")]

mod bare;
mod catalogue;
mod database;
mod drive;
mod footprint;
mod http;
mod load;
mod machine;
mod moment;
mod password;
mod random;
mod report;
mod scenario;
mod server;
mod settings;
mod shoppers;
mod side;
mod sql;
mod store;
mod storm;
mod streams;

use std::process::ExitCode;

use settings::Settings;

/// How something here ends: a sentence for whoever runs it.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("ef-bench: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["help" | "--help" | "-h", ..] => {
            println!("{}", settings::HELP);
            Ok(())
        }
        ["bare", url, address] => bare::serve(url, address.parse()?),
        ["streams", wanted] => {
            let (settings, wanted) = (Settings::read(&["--only", "sqlite"])?, wanted.parse()?);
            tokio::runtime::Runtime::new()?.block_on(streams::run(&settings, wanted))
        }
        ["drive", rest @ ..] | rest => {
            let settings = Settings::read(rest)?;
            tokio::runtime::Runtime::new()?.block_on(drive::run(&settings))
        }
    }
}
