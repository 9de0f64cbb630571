//! MySQL, Oracle's: `MariaDB` differs in `SKIP LOCKED`, JSON and the plans it makes, and production does not run it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::fetch::is_root;
use super::{Purpose, Server, docker, fetch, probe};
use crate::settings;
use crate::shell::{Outcome, at, capture, find_program};
use crate::watchdog::{Watchdog, private_folder};
use crate::workspace;

const IMAGE: &str = "mysql:8.0";
const BUNDLE: fetch::Bundle = fetch::Bundle {
    name: "mysql",
    suite: Some("sid"),
    packages: &["mysql-server-core", "mysql-client-core"],
    leave_out: &["libperl"],
    program: "usr/sbin/mysqld",
};

/// Many tests share one server, each with a pool of its own; a bench wants headroom too.
const CONNECTIONS: &str = "--max-connections=800";
/// The redo log is preallocated: the default would cost 100 MB a run. A bench keeps the default.
const FOR_TESTS: &[&str] = &[
    CONNECTIONS,
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
    "--loose-innodb-redo-log-capacity=64M",
    "--skip-log-bin",
    "--performance-schema=OFF",
];
/// The defaults of 8.0, spelled out because a bench stands on them.
const FOR_BENCHES: &[&str] = &[
    CONNECTIONS,
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-doublewrite=ON",
    "--log-bin=binlog",
    "--server-id=1",
    "--sync-binlog=1",
];

/// Finds or starts one.
pub fn start(purpose: Purpose) -> Outcome<Server> {
    let variable = purpose.mysql_variable();
    if let Some(url) = settings::read(variable) {
        let version = probe::mysql_version(&url)
            .map_err(|problem| format!("{variable} names a server that cannot be used: {problem}"))?;
        return Ok(Server { url, description: format!("{version} ({variable})"), _watchdog: None });
    }
    if docker::answers() {
        match in_container(purpose) {
            Ok(server) => return Ok(server),
            Err(problem) => println!("xtask: no MySQL from Docker, looking further: {problem}"),
        }
    }
    if let Some(program) = on_the_path() {
        return program.run(purpose);
    }
    fetched().and_then(|program| program.run(purpose)).map_err(|problem| {
        format!(
            "no MySQL. Set {variable}, start Docker, or put Oracle's `mysqld` 8.0 or later on the \
             PATH; fetching it privately failed: {problem}"
        )
    })
}

fn settings_for(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::Tests => FOR_TESTS,
        Purpose::Benches => FOR_BENCHES,
    }
}

fn in_container(purpose: Purpose) -> Outcome<Server> {
    let recipe = docker::Recipe {
        kind: "mysql",
        image: IMAGE,
        port: 3306,
        environment: &["MYSQL_ALLOW_EMPTY_PASSWORD=yes"],
        arguments: settings_for(purpose),
    };
    let container = docker::start(&recipe)?;
    let url = format!("mysql://root@127.0.0.1:{}", container.port);
    let version = probe::wait_until_ready(&container.watchdog, IMAGE, || probe::mysql_version(&url))?;
    let description = format!("{version} (Docker image {IMAGE})");
    Ok(Server { url, description, _watchdog: Some(container.watchdog) })
}

/// A `mysqld` that can be started: the words before its arguments, and the arguments it always needs.
struct Program {
    command: Vec<OsString>,
    version: String,
    origin: String,
}

fn on_the_path() -> Option<Program> {
    let path = find_program("mysqld")?;
    let text = capture(Command::new(&path).arg("--version")).ok()?;
    if let Some(version) = oracle_version(&text) {
        let command = vec![path.clone().into(), "--no-defaults".into()];
        return Some(Program { command, version, origin: path.display().to_string() });
    }
    println!("xtask: {} is not Oracle's MySQL 8.0 or later, looking further", path.display());
    None
}

fn fetched() -> Outcome<Program> {
    let unpacked = fetch::unpacked(&BUNDLE)?;
    let mut command = unpacked.command(BUNDLE.program)?;
    let text = capture(words(&command).args(["--no-defaults", "--version"]))?;
    let version = oracle_version(&text).ok_or_else(|| format!("`{}` is not Oracle's MySQL", text.trim()))?;
    let folder = unpacked.folder.display();
    command.extend([
        "--no-defaults".into(),
        format!("--basedir={folder}/usr").into(),
        format!("--lc-messages-dir={folder}/usr/share/mysql").into(),
        format!("--character-sets-dir={folder}/usr/share/mysql/charsets").into(),
        format!("--plugin-dir={folder}/usr/lib/mysql/plugin").into(),
    ]);
    Ok(Program { command, version, origin: unpacked.origin })
}

impl Program {
    fn run(&self, purpose: Purpose) -> Outcome<Server> {
        let template = self.template()?;
        let port = probe::free_port()?;
        let folder = private_folder("mysql")?;
        let data = folder.join("data");
        copy_folder(&template, &data)?;

        let mut command = self.with_data(&data);
        command.extend([
            format!("--port={port}").into(),
            "--bind-address=127.0.0.1".into(),
            format!("--socket={}", folder.join("socket").display()).into(),
            format!("--pid-file={}", folder.join("mysqld.pid").display()).into(),
            "--mysqlx=OFF".into(),
            "--secure-file-priv=NULL".into(),
        ]);
        command.extend(settings_for(purpose).iter().map(OsString::from));
        let watchdog = Watchdog::over_process(&folder, &command)?;
        let url = format!("mysql://root@127.0.0.1:{port}");
        let version = probe::wait_until_ready(&watchdog, "mysqld", || probe::mysql_version(&url))?;
        Ok(Server { url, description: format!("{version} ({})", self.origin), _watchdog: Some(watchdog) })
    }

    /// An initialised, never used database folder: made once per version, copied for every run.
    fn template(&self) -> Outcome<PathBuf> {
        let folder = workspace::servers_cache().join(format!("mysql-data-{}", self.version));
        if folder.exists() {
            return Ok(folder);
        }
        let _lock = fetch::lock()?;
        if folder.exists() {
            return Ok(folder);
        }
        println!("xtask: initialising a database folder for MySQL {}", self.version);
        let part = folder.with_extension("part");
        if part.exists() {
            at(&part, fs::remove_dir_all(&part))?;
        }
        let mut arguments = self.with_data(&part);
        arguments.extend(["--initialize-insecure".into(), "--loose-innodb-redo-log-capacity=64M".into()]);
        capture(&mut words(&arguments))?;
        // The server's identity: every copy makes its own.
        let identity = part.join("auto.cnf");
        at(&identity, fs::remove_file(&identity))?;
        at(&folder, fs::rename(&part, &folder))?;
        Ok(folder)
    }

    fn with_data(&self, data: &Path) -> Vec<OsString> {
        let mut command = self.command.clone();
        command.push(format!("--datadir={}", data.display()).into());
        if is_root() {
            command.push("--user=root".into());
        }
        command
    }
}

fn words(command: &[OsString]) -> Command {
    let mut parts = command.iter();
    let mut built = Command::new(parts.next().map_or_else(OsString::new, OsString::clone));
    built.args(parts);
    built
}

/// Database folders are mostly holes; GNU `cp` keeps them holes.
fn copy_folder(from: &Path, to: &Path) -> Outcome {
    let flags: &[&str] = if cfg!(target_os = "linux") { &["-a", "--sparse=always"] } else { &["-R"] };
    capture(Command::new("cp").args(flags).arg(from).arg(to)).map(drop)
}

/// The version in the text of `mysqld --version`, if that is a server we can use.
fn oracle_version(text: &str) -> Option<String> {
    if text.contains("MariaDB") {
        return None;
    }
    let word = text.split("Ver ").nth(1)?.split_whitespace().next()?;
    let version: String = word.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    let major: u32 = version.split('.').next()?.parse().ok()?;
    (major >= 8).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_oracles_mysql_from_version_8_on_will_do() {
        let oracle = "/usr/sbin/mysqld  Ver 8.0.43 for Linux on x86_64 (MySQL Community Server - GPL)";
        let maria = "mysqld  Ver 10.11.11-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)";
        let old = "mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))";
        assert_eq!(oracle_version(oracle).as_deref(), Some("8.0.43"));
        assert_eq!(oracle_version(maria), None);
        assert_eq!(oracle_version(old), None);
    }
}
