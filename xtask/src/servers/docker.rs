//! Servers as containers: the images that production and the public checks use.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::shell::{Outcome, capture};
use crate::watchdog::Watchdog;

const ENGINE_PATIENCE: Duration = Duration::from_secs(4);

/// One container and the port under which the host sees it.
pub struct Container {
    /// Removes the container.
    pub watchdog: Watchdog,
    /// Published on `127.0.0.1`.
    pub port: u16,
}

/// What to start.
pub struct Recipe<'a> {
    /// A short word for the container's name.
    pub kind: &'a str,
    /// Image and tag.
    pub image: &'a str,
    /// The port inside.
    pub port: u16,
    /// `NAME=value` for the container.
    pub environment: &'a [&'a str],
    /// The server's own arguments.
    pub arguments: &'a [&'a str],
}

/// Whether an engine answers; a client without an engine is common, and a hanging engine must not hang us.
pub fn answers() -> bool {
    let child =
        Command::new("docker").arg("info").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else { return false };
    let started = Instant::now();
    while started.elapsed() < ENGINE_PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => sleep(Duration::from_millis(20)),
            Err(_) => return false,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// Runs the image under a private name, with a random port published on the loopback address only.
pub fn start(recipe: &Recipe<'_>) -> Outcome<Container> {
    let name = format!("ef-{}-{}", recipe.kind, std::process::id());
    println!("xtask: starting a container of {}", recipe.image);
    let watchdog = Watchdog::over_container(&name)?;
    let mut run = Command::new("docker");
    run.args(["run", "--detach", "--name", &name, "--publish", &format!("127.0.0.1::{}", recipe.port)]);
    for variable in recipe.environment {
        run.args(["--env", variable]);
    }
    capture(run.arg(recipe.image).args(recipe.arguments))?;

    let published = capture(Command::new("docker").args(["port", &name, &recipe.port.to_string()]))?;
    let port = published.lines().next().and_then(|line| line.rsplit_once(':')).and_then(|(_, port)| port.parse().ok());
    let port = port.ok_or_else(|| format!("docker published no port for {name}: `{}`", published.trim()))?;
    Ok(Container { watchdog, port })
}
