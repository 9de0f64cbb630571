//! The copy of the sources in which guards are taken out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Guard;
use crate::shell::{Outcome, at, capture};
use crate::workspace;

/// A copy of every file that git knows or would add, uncommitted changes included.
pub struct Copy {
    /// Where the copied sources are.
    pub sources: PathBuf,
    /// Their build folder.
    pub target: PathBuf,
}

impl Copy {
    /// Brings the copy up to date. Files that did not change keep their times, so that cargo does not build them anew.
    pub fn refresh() -> Outcome<Self> {
        let home = workspace::target().join("guards");
        let copy = Self { sources: home.join("src"), target: home.join("target") };
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = capture(Command::new("git").args(list).current_dir(workspace::root()))?;
        let mut kept = BTreeSet::new();
        for name in listed.split('\0').filter(|name| !name.is_empty()) {
            let from = workspace::root().join(name);
            // A file deleted but not yet committed is still listed.
            if from.is_file() {
                let to = copy.sources.join(name);
                let content = at(&from, fs::read(&from))?;
                write_if_different(&to, &content)?;
                kept.insert(to);
            }
        }
        remove_others(&copy.sources, &kept)?;
        Ok(copy)
    }

    /// The change that takes the guard out, not yet made; an error if the table and the code disagree.
    pub fn mutation(&self, guard: &Guard) -> Outcome<Mutation> {
        let file = self.sources.join(guard.file);
        let original = at(&file, fs::read_to_string(&file))?;
        match original.matches(guard.find).count() {
            1 => Ok(Mutation { changed: original.replacen(guard.find, guard.replace, 1), file, original }),
            count => Err(format!(
                "guard `{}`: its text occurs {count} times in {} and must occur once; bring the table up to date",
                guard.name, guard.file
            )),
        }
    }
}

/// A file before and after.
pub struct Mutation {
    file: PathBuf,
    original: String,
    changed: String,
}

impl Mutation {
    /// Makes the change, does the work, and takes the change back whatever came of it.
    pub fn during<T>(&self, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        at(&self.file, fs::write(&self.file, &self.changed))?;
        let result = work();
        at(&self.file, fs::write(&self.file, &self.original))?;
        result
    }
}

fn write_if_different(path: &Path, content: &[u8]) -> Outcome {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        at(folder, fs::create_dir_all(folder))?;
    }
    at(path, fs::write(path, content))
}

/// A module that was deleted in the work tree must not live on in the copy.
fn remove_others(folder: &Path, kept: &BTreeSet<PathBuf>) -> Outcome {
    for entry in at(folder, fs::read_dir(folder))? {
        let path = at(folder, entry)?.path();
        if path.is_dir() {
            remove_others(&path, kept)?;
        } else if !kept.contains(&path) {
            at(&path, fs::remove_file(&path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutation_is_taken_back_even_when_the_work_fails() {
        let file = std::env::temp_dir().join(format!("ef-mutation-{}", std::process::id()));
        fs::write(&file, "with").unwrap();
        let mutation = Mutation { file: file.clone(), original: "with".to_owned(), changed: "without".to_owned() };
        let seen = mutation.during(|| at(&file, fs::read_to_string(&file))).unwrap();
        let failed = mutation.during(|| Err::<(), _>("the test was green".to_owned()));
        assert_eq!(seen, "without");
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "with");
        fs::remove_file(&file).unwrap();
    }
}
