//! The connection to Redis: every call bounded in time, every error translated.

use std::fmt;
use std::time::Duration;

use deadpool_redis::redis::aio::PubSub;
use deadpool_redis::redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, RetryMethod, ScriptInvocation};
use deadpool_redis::{Connection, Manager, Pool, PoolError, Runtime};
use ef_domain::shared::{FailureKind, PortFailure};
use tokio::time::timeout;

/// How long a call to Redis may take.
#[derive(Clone, Copy, Debug)]
pub struct RedisTimeouts {
    /// Until there is a connection, be it a new one or one of the pool's.
    pub connect: Duration,
    /// From then until the answer is there.
    pub command: Duration,
}

impl Default for RedisTimeouts {
    fn default() -> Self {
        Self { connect: Duration::from_millis(500), command: Duration::from_secs(1) }
    }
}

/// Connections of one instance. A script takes well under a millisecond, so these carry thousands of calls a second.
const CONNECTIONS: usize = 16;

/// A Redis server and the connections to it. Stores that get clones of one share its connections.
#[derive(Clone)]
pub struct RedisServer {
    pool: Pool,
    client: Client,
    timeouts: RedisTimeouts,
}

impl fmt::Debug for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisServer").field("timeouts", &self.timeouts).finish_non_exhaustive()
    }
}

impl RedisServer {
    /// The server at `url` (`redis://[[user]:password@]host[:port][/database]`). Nothing is sent yet: the shop starts
    /// while Redis is down.
    ///
    /// # Errors
    /// [`FailureKind::Corrupt`] for an address that is none.
    pub fn at(url: &str, timeouts: RedisTimeouts) -> Result<Self, PortFailure> {
        const DURING: &str = "setting up the connection to redis";
        // The address may carry a password: neither it nor a message that may repeat it goes into the failure.
        let unusable =
            |_: RedisError| PortFailure::new(FailureKind::Corrupt, DURING, "the address is not one of a redis server");
        let client = Client::open(url).map_err(unusable)?;
        let manager = Manager::new_with_config(url, limits(timeouts)).map_err(unusable)?;
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| PortFailure::new(FailureKind::Unreachable, DURING, error))?;
        Ok(Self { pool, client, timeouts })
    }

    /// How long calls may take.
    pub(crate) fn timeouts(&self) -> RedisTimeouts {
        self.timeouts
    }

    /// Subscribes to a channel, over a connection of its own.
    pub(crate) async fn subscribe(&self, during: &'static str, channel: &str) -> Result<PubSub, PortFailure> {
        let subscribing = async {
            let mut subscription = self.client.get_async_pubsub().await?;
            subscription.subscribe(channel).await?;
            Ok::<_, RedisError>(subscription)
        };
        match timeout(self.timeouts.connect + self.timeouts.command, subscribing).await {
            Ok(Ok(subscription)) => Ok(subscription),
            Ok(Err(error)) => Err(failure(during, error)),
            Err(error) => Err(PortFailure::new(FailureKind::Unreachable, during, error)),
        }
    }

    /// Runs a script.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        during: &'static str,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, PortFailure> {
        let mut connection = match timeout(self.timeouts.connect, self.pool.get()).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(PoolError::Backend(error))) => return Err(failure(during, error)),
            Ok(Err(error)) => return Err(PortFailure::new(FailureKind::Unreachable, during, error)),
            Err(error) => return Err(PortFailure::new(FailureKind::Unreachable, during, error)),
        };
        let failure = match timeout(self.timeouts.command, invoke(script, &mut connection)).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => failure(during, error),
            Err(error) => PortFailure::new(FailureKind::TimedOut, during, error),
        };
        // A connection that failed once (a silent socket, a primary that became a replica) does not go back.
        drop(Connection::take(connection));
        Err(failure)
    }
}

/// Runs the script, loading it where the server does not know it. Its cache may be emptied between the loading and the
/// call, so that is worth another try or two.
async fn invoke<T: FromRedisValue>(
    script: &ScriptInvocation<'_>,
    connection: &mut Connection,
) -> Result<T, RedisError> {
    let mut tries = 0;
    loop {
        match script.invoke_async(connection).await {
            Err(error) if error.code() == Some("NOSCRIPT") && tries < 3 => tries += 1,
            outcome => return outcome,
        }
    }
}

/// The client's own limits, a little wider than ours, so that ours decide.
fn limits(timeouts: RedisTimeouts) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(timeouts.connect * 2))
        .set_response_timeout(Some(timeouts.command * 2))
}

fn failure(during: &'static str, error: RedisError) -> PortFailure {
    let kind = if error.is_timeout() {
        FailureKind::TimedOut
    } else if !error.is_io_error() && matches!(error.retry_method(), RetryMethod::NoRetry) {
        FailureKind::Corrupt
    } else {
        FailureKind::Unreachable
    };
    PortFailure::new(kind, during, error)
}
