//! Server programs out of Debian's packages, unpacked into a private folder.
//!
//! Nothing is installed and the system's own package lists stay as they are: apt works on a state of its own below the
//! cache, and `dpkg -x` only unpacks. A program runs through the unpacked loader and libraries, so it need not fit the
//! system's. Works without root. Debian stable has no MySQL of Oracle's, but unstable has.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Outcome, at, capture};
use crate::workspace;

/// What to unpack under which name.
pub struct Bundle {
    /// The folder below the cache.
    pub name: &'static str,
    /// Debian's name of a suite, or `None` for the one this system is made of.
    pub suite: Option<&'static str>,
    /// The packages wanted; the libraries they need come along.
    pub packages: &'static [&'static str],
    /// Beginnings of the names of libraries that do not come along, because nothing here ever loads them.
    pub leave_out: &'static [&'static str],
    /// A file that must be there afterwards.
    pub program: &'static str,
}

impl Bundle {
    fn wants(&self, package: &str) -> bool {
        let left_out = || self.leave_out.iter().any(|start| package.starts_with(start));
        self.packages.contains(&package) || (package.starts_with("lib") && !left_out())
    }
}

/// An unpacked bundle.
pub struct Unpacked {
    /// The folder that stands for `/`.
    pub folder: PathBuf,
    /// Where it came from, for a report.
    pub origin: String,
}

impl Unpacked {
    /// The words that start a program of this bundle: its own loader, its own libraries, the program.
    pub fn command(&self, program: &str) -> Outcome<Vec<OsString>> {
        let (loader, triplet) = loader_and_triplet()?;
        let folders = ["lib", "usr/lib"].map(|base| self.folder.join(base).join(triplet));
        let loader = folders.iter().map(|folder| folder.join(loader)).find(|file| file.is_file());
        let loader = loader.ok_or_else(|| format!("{} holds no loader", self.folder.display()))?;
        Ok(vec![loader.into(), "--library-path".into(), self.libraries()?.into(), self.folder.join(program).into()])
    }

    /// Where the bundle's libraries are, as a loader reads it.
    pub fn libraries(&self) -> Outcome<String> {
        let (_, triplet) = loader_and_triplet()?;
        let folders = [
            format!("lib/{triplet}"),
            format!("usr/lib/{triplet}"),
            format!("usr/lib/{triplet}/nss"),
            format!("usr/lib/{triplet}/pulseaudio"),
            "usr/lib/mysql/private".to_owned(),
        ];
        let there = folders.map(|folder| self.folder.join(folder).display().to_string());
        Ok(there.join(":"))
    }
}

fn loader_and_triplet() -> Outcome<(&'static str, &'static str)> {
    match std::env::consts::ARCH {
        "x86_64" => Ok(("ld-linux-x86-64.so.2", "x86_64-linux-gnu")),
        "aarch64" => Ok(("ld-linux-aarch64.so.1", "aarch64-linux-gnu")),
        other => Err(format!("fetched servers run on x86_64 and aarch64, not on {other}; use Docker")),
    }
}

/// The bundle's folder; fetched first if it is not there yet.
pub fn unpacked(bundle: &Bundle) -> Outcome<Unpacked> {
    let suite = bundle.suite.map_or_else(own_suite, |suite| Ok(suite.to_owned()))?;
    let origin = format!("packages of Debian {suite}");
    let folder = workspace::servers_cache().join(bundle.name);
    if folder.exists() {
        return Ok(Unpacked { folder, origin });
    }
    let _lock = lock()?;
    // Another run may have finished it while we waited.
    if !folder.exists() {
        fetch(bundle, &suite, &folder)?;
    }
    Ok(Unpacked { folder, origin })
}

/// Held while the cache changes; the operating system lets go of it however we end.
pub fn lock() -> Outcome<File> {
    let cache = workspace::servers_cache();
    at(&cache, fs::create_dir_all(&cache))?;
    let path = cache.join("lock");
    let file = at(&path, File::create(&path))?;
    if file.try_lock().is_err() {
        println!("xtask: waiting for another run that prepares servers");
        at(&path, file.lock())?;
    }
    Ok(file)
}

/// Into a folder with another name first: a half-fetched one is never taken for a whole one.
fn fetch(bundle: &Bundle, suite: &str, folder: &Path) -> Outcome {
    println!("xtask: fetching {} from Debian {suite} into {}", bundle.packages.join(", "), folder.display());
    let part = folder.with_extension("part");
    if part.exists() {
        at(&part, fs::remove_dir_all(&part))?;
    }
    let apt = Apt::prepare(&part.join("apt"), suite)?;
    let packages = apt.needed_by(bundle)?;
    let archives = part.join("archives");
    at(&archives, fs::create_dir_all(&archives))?;
    capture(apt.get(&["download"]).args(&packages).current_dir(&archives))?;

    let root = part.join("root");
    for entry in at(&archives, fs::read_dir(&archives))? {
        let archive = at(&archives, entry)?.path();
        capture(Command::new("dpkg").arg("-x").arg(&archive).arg(&root))?;
    }
    if !root.join(bundle.program).exists() {
        return Err(format!("Debian {suite}'s packages hold no {}", bundle.program));
    }
    at(folder, fs::rename(&root, folder))?;
    at(&part, fs::remove_dir_all(&part))
}

/// apt on a state of its own.
struct Apt {
    options: Vec<String>,
}

impl Apt {
    fn prepare(folder: &Path, suite: &str) -> Outcome<Self> {
        for inner in ["lists/partial", "cache/archives/partial"] {
            let path = folder.join(inner);
            at(&path, fs::create_dir_all(&path))?;
        }
        let status = folder.join("status");
        at(&status, fs::write(&status, ""))?;
        let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
        let mirror = mirror();
        let sources = folder.join("debian.sources");
        let text = format!("Types: deb\nURIs: {mirror}\nSuites: {suite}\nComponents: main\nSigned-By: {keyring}\n");
        at(&sources, fs::write(&sources, text))?;

        let here = folder.display();
        let mut options = vec![
            format!("Dir::Etc::sourcelist={here}/debian.sources"),
            "Dir::Etc::sourceparts=/dev/null".to_owned(),
            "Dir::Etc::preferencesparts=/dev/null".to_owned(),
            format!("Dir::State::lists={here}/lists"),
            format!("Dir::State::status={here}/status"),
            format!("Dir::Cache={here}/cache"),
            format!("Dir::Cache::archives={here}/cache/archives"),
            "Acquire::Languages=none".to_owned(),
            "Acquire::Retries=3".to_owned(),
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".to_owned(),
        ];
        if is_root() {
            // apt's own user could not write below a private folder.
            options.push("APT::Sandbox::User=root".to_owned());
        }
        let apt = Self { options };
        capture(&mut apt.get(&["update"]))?;
        Ok(apt)
    }

    fn get(&self, words: &[&str]) -> Command {
        let mut command = Command::new("apt-get");
        for option in &self.options {
            command.args(["-o", option]);
        }
        command.args(words).env("LC_ALL", "C");
        command
    }

    /// The packages themselves and the libraries below them; the rest is for maintainer scripts, which never run.
    fn needed_by(&self, bundle: &Bundle) -> Outcome<Vec<String>> {
        let plan = capture(self.get(&["install", "--simulate", "--no-install-recommends"]).args(bundle.packages))?;
        let names = plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next());
        Ok(names.filter(|name| bundle.wants(name)).map(str::to_owned).collect())
    }
}

/// Whether this process runs as root; some servers refuse root unless told.
pub fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|text| text.trim() == "0")
}

/// The system's own mirror, so that a company's or a country's mirror is respected.
fn mirror() -> String {
    let modern = fs::read_to_string("/etc/apt/sources.list.d/debian.sources").unwrap_or_default();
    let classic = fs::read_to_string("/etc/apt/sources.list").unwrap_or_default();
    let words = |text: &str| text.split_whitespace().find(|word| word.starts_with("http")).map(str::to_owned);
    modern
        .lines()
        .find_map(|line| words(line.strip_prefix("URIs:")?))
        .or_else(|| classic.lines().find_map(|line| words(line.strip_prefix("deb ")?)))
        .unwrap_or_else(|| "http://deb.debian.org/debian".to_owned())
}

fn own_suite() -> Outcome<String> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let field =
        |name: &str| release.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim_matches('"'));
    match (field("ID="), field("VERSION_CODENAME=")) {
        (Some("debian"), Some(codename)) => Ok(codename.to_owned()),
        (Some("debian"), None) => Ok("stable".to_owned()),
        _ => Err("packages can be fetched on Debian only".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::Bundle;

    #[test]
    fn a_bundle_takes_its_packages_and_their_libraries_but_no_others() {
        let bundle = Bundle {
            name: "server",
            suite: None,
            packages: &["server", "libwanted-by-name"],
            leave_out: &["libperl", "libwanted"],
            program: "usr/bin/server",
        };
        for (package, wanted) in [
            ("server", true),
            ("libevent-2.1-7", true),
            ("libwanted-by-name", true),
            ("libwanted-by-others", false),
            ("libperl5.36", false),
            ("perl-base", false),
        ] {
            assert_eq!(bundle.wants(package), wanted, "{package}");
        }
    }
}
