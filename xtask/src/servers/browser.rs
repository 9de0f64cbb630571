//! A Chromium and the chromedriver that belongs to it, for the tests that look at the shop as a buyer does.
//!
//! Looked for in this order:
//! 1. the programs named by `EF_TEST_CHROMIUM` and `EF_TEST_CHROMEDRIVER`;
//! 2. a pair on the `PATH` whose versions fit each other;
//! 3. packages of Debian, unpacked into a private folder together with a Korean font: nothing is installed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::fetch;
use crate::settings;
use crate::shell::{Outcome, at, capture, find_program};

/// The environment variable that names the browser to the tests.
pub const CHROMIUM: &str = "EF_TEST_CHROMIUM";
/// The environment variable that names the program which drives it.
pub const CHROMEDRIVER: &str = "EF_TEST_CHROMEDRIVER";

/// What the browser may be called on the `PATH`.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const BUNDLE: fetch::Bundle = fetch::Bundle {
    name: "chromium",
    suite: None,
    packages: &["chromium", "chromium-common", "chromium-driver", "fonts-nanum"],
    // The C library has to fit the system's loader, and without a screen nobody draws through Mesa.
    leave_out: &["libperl", "libc6", "libgl1-mesa-dri", "libllvm", "libz3"],
    program: "usr/lib/chromium/chromium",
};

/// A browser that tests can drive.
pub struct Browser {
    chromium: String,
    chromedriver: String,
    /// What it is and where it came from: `Chromium 150.0.7871.100 (/usr/bin/chromium)`.
    pub description: String,
}

impl Browser {
    /// Finds or fetches one.
    pub fn find() -> Outcome<Self> {
        let found = match (settings::read(CHROMIUM), settings::read(CHROMEDRIVER)) {
            (Some(chromium), Some(chromedriver)) => {
                Self::pair(Path::new(&chromium), Path::new(&chromedriver), CHROMIUM)?
            }
            (None, None) => match on_path() {
                Some(browser) => browser,
                None => fetched().map_err(|problem| {
                    format!(
                        "no browser. Set {CHROMIUM} and {CHROMEDRIVER}, or install both (Debian: `apt-get install \
                         chromium chromium-driver`); fetching them privately failed: {problem}"
                    )
                })?,
            },
            _ => return Err(format!("set both {CHROMIUM} and {CHROMEDRIVER}, or neither")),
        };
        println!("xtask: {}", found.description);
        Ok(found)
    }

    /// The variables by which tests find it.
    pub fn variables(&self) -> [(&'static str, &str); 2] {
        [(CHROMIUM, &self.chromium), (CHROMEDRIVER, &self.chromedriver)]
    }

    /// A driver speaks to browsers of its own major version only.
    fn pair(chromium: &Path, chromedriver: &Path, origin: &str) -> Outcome<Self> {
        let browser = capture(Command::new(chromium).arg("--version"))?;
        let driver = capture(Command::new(chromedriver).arg("--version"))?;
        let (name, version) = name_and_version(&browser).ok_or_else(|| format!("no version in `{browser}`"))?;
        let fits = name_and_version(&driver).is_some_and(|(_, driver)| major(driver) == major(version));
        if !fits {
            return Err(format!("{} does not fit {}", driver.trim(), browser.trim()));
        }
        Ok(Self {
            chromium: chromium.display().to_string(),
            chromedriver: chromedriver.display().to_string(),
            description: format!("{name} {version} ({origin})"),
        })
    }
}

fn on_path() -> Option<Browser> {
    let driver = find_program("chromedriver")?;
    NAMES.iter().filter_map(|name| find_program(name)).find_map(|browser| {
        Browser::pair(&browser, &driver, &browser.display().to_string())
            .inspect_err(|problem| println!("xtask: not this browser: {problem}"))
            .ok()
    })
}

fn fetched() -> Outcome<Browser> {
    let unpacked = fetch::unpacked(&BUNDLE)?;
    let chromium = wrapper(&unpacked, "run-chromium", BUNDLE.program)?;
    let chromedriver = wrapper(&unpacked, "run-chromedriver", "usr/bin/chromedriver")?;
    Browser::pair(&chromium, &chromedriver, &unpacked.origin)
}

/// A script that starts a program of the bundle with the bundle's libraries and fonts.
///
/// The loader is the system's: a browser starts itself anew for each of its parts, and a loader called by name would be
/// what it takes for itself.
fn wrapper(unpacked: &fetch::Unpacked, name: &str, program: &str) -> Outcome<PathBuf> {
    let fonts = unpacked.folder.join("fonts.conf");
    keep(&fonts, &font_settings(&unpacked.folder), 0o644)?;
    let script = format!(
        "#!/bin/sh\nexport LD_LIBRARY_PATH='{libraries}' FONTCONFIG_FILE='{fonts}'\nexec '{program}' \"$@\"\n",
        libraries = unpacked.libraries()?,
        fonts = fonts.display(),
        program = unpacked.folder.join(program).display(),
    );
    let path = unpacked.folder.join(name);
    keep(&path, &script, 0o755)?;
    Ok(path)
}

/// The bundle's fonts and the system's, with a cache of their own.
fn font_settings(folder: &Path) -> String {
    let here = folder.display();
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n\
         <dir>{here}/usr/share/fonts</dir>\n<dir>/usr/share/fonts</dir>\n<cachedir>{here}/font-cache</cachedir>\n\
         </fontconfig>\n"
    )
}

/// Writes a file unless it is as it should be: another run may be using it.
fn keep(path: &Path, text: &str, mode: u32) -> Outcome {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let part = path.with_extension(std::process::id().to_string());
    at(&part, fs::write(&part, text))?;
    at(&part, fs::set_permissions(&part, Permissions::from_mode(mode)))?;
    at(path, fs::rename(&part, path))
}

/// `Google Chrome 130.0.1 beta` falls apart into `Google Chrome` and `130.0.1`.
fn name_and_version(said: &str) -> Option<(&str, &str)> {
    let line = said.lines().find(|line| line.contains(|letter: char| letter.is_ascii_digit()))?;
    let start = line.find(|letter: char| letter.is_ascii_digit())?;
    let (name, rest) = line.split_at(start);
    Some((name.trim(), rest.split_whitespace().next()?))
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_says_of_itself_is_understood() {
        let chromium = "Chromium 150.0.7871.100 built on Debian GNU/Linux 12 (bookworm)\n";
        assert_eq!(name_and_version(chromium), Some(("Chromium", "150.0.7871.100")));
        assert_eq!(name_and_version("Google Chrome 130.0.6723.58 \n"), Some(("Google Chrome", "130.0.6723.58")));
        let driver = "ChromeDriver 150.0.7871.100 (0a1b2c3d4e5f)\n";
        assert_eq!(name_and_version(driver).map(|(_, version)| major(version)), Some("150"));
        assert_eq!(name_and_version("command not found"), None);
    }
}
