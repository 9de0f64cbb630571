//! `cargo xtask fuzz`: made-up requests against a running shop, by schemathesis and the committed API document.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use crate::shell::{Outcome, find_program, must_run, run as run_program};
use crate::shop::{self, DEMO_PASSWORD, Shop};
use crate::workspace;

/// How many requests each operation gets in the random phase, if nobody says otherwise.
const EXAMPLES: u32 = 100;
/// How many it gets in `cargo xtask check`.
pub const EXAMPLES_OF_A_CHECK: u32 = 10;

/// What an answer must not be. Whether a made-up body deserves to be refused is the API tests' business.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,allow_header_conformance";

/// What makes a shop bear it: one address sends everything, and log-ins live longer than the run.
const SETTINGS: [(&str, &str); 5] = [
    ("EF__SESSION__ACCESS_SECONDS", "86400"),
    ("EF__LIMITS__SIGN_UP_TIMES", "1000000"),
    ("EF__LIMITS__LOG_IN_FAILURES_TIMES", "1000000"),
    ("EF__LIMITS__LOG_IN_FAILURES_OF_ADDRESS_TIMES", "1000000"),
    ("EF__LIMITS__REFRESH_TIMES", "1000000"),
];

/// Who sends the requests, and what he keeps his hands off besides the stream, which never ends.
const ROLES: [(&str, Option<&str>); 3] = [
    ("nobody", None),
    ("shopper", None),
    // There is one administrator: it must still be there at the next turn, without a second factor and with its password.
    ("administrator", Some("^/api/(users/me$|users/password|auth/second-factor|auth/password-reset)")),
];

/// Fuzzes as each of the roles.
pub fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let examples = match arguments {
        [] => EXAMPLES,
        [flag, number] if flag == "--examples" => {
            number.parse().map_err(|_| format!("`{number}` is not a number of examples"))?
        }
        _ => return Err("usage: cargo xtask fuzz [--examples N]".to_owned()),
    };
    if let Some(missing) = missing() {
        return Err(missing.to_owned());
    }
    Ok(if all(examples)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What this machine lacks for it, if anything.
pub fn missing() -> Option<&'static str> {
    let Some(python) = find_program("python3") else { return Some("Python 3 is not installed") };
    let venv = Command::new(python).args(["-c", "import venv, ensurepip"]).stderr(Stdio::null()).status();
    (!venv.is_ok_and(|status| status.success())).then_some("Python 3 has no venv module")
}

/// Whether no role met an answer that the document does not allow.
pub fn all(examples: u32) -> Outcome<bool> {
    let tool = install()?;
    shop::build()?;
    let mut passed = true;
    for (role, hands_off) in ROLES {
        let shop = Shop::open(&format!("fuzz-{role}"), &SETTINGS)?;
        println!("xtask: schemathesis as {role}, {examples} examples an operation");
        let here = workspace::root().join("tests/schemathesis");
        let mut command = Command::new(&tool);
        command
            .arg("run")
            .arg(workspace::root().join("docs/openapi.json"))
            // One worker: the tool's own caches do not bear two threads.
            .args(["--url", &shop.url, "--checks", CHECKS, "--workers", "1", "--seed", "1"])
            .args(["--max-examples", &examples.to_string(), "--exclude-path", "/api/notifications/stream"])
            .args(["--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color"])
            .args(hands_off.iter().flat_map(|paths| ["--exclude-path-regex", paths]))
            .current_dir(shop.folder())
            .env("SCHEMATHESIS_HOOKS", here.join("hooks.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("EF_FUZZ_ROLE", role)
            .env("EF_FUZZ_PASSWORD", DEMO_PASSWORD)
            .env("EF_SHOP", &shop.url);
        passed &= run_program(&mut command)?.success();
        passed &= kept_its_temper(&shop);
    }
    Ok(passed)
}

/// A panic is answered with 500 and shows above; what a job or a closed connection hid shows in the log.
fn kept_its_temper(shop: &Shop) -> bool {
    let log = shop.log();
    let bad: Vec<&str> = log.lines().filter(|line| line.contains("panicked at")).collect();
    for line in &bad {
        eprintln!("xtask: {line}");
    }
    bad.is_empty()
}

/// The tool in a folder of its own; the folder's name tells the version.
fn install() -> Outcome<PathBuf> {
    let requirements = workspace::root().join("tests/schemathesis/requirements.txt");
    let folder = workspace::target().join("schemathesis");
    if !folder.join("bin/python").is_file() {
        must_run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    must_run(
        Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(requirements),
    )?;
    Ok(folder.join("bin/schemathesis"))
}
