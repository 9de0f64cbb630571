//! What it costs to tell many people live who have nothing to be told: as many idle streams as asked for, on one server.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;
use crate::load::count;
use crate::server::{Profile, Recipe, Running};
use crate::settings::Settings;
use crate::shoppers::{Shopper, sign_up};

/// How many streams one person has.
const STREAMS_OF_ONE: usize = 10;
/// How many streams are being opened at a time.
const OPENING: usize = 100;
/// How long the streams are left alone: each beats at least twice.
const REST: Duration = Duration::from_secs(45);
/// How long opening one may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens the streams, leaves them alone, and prints what the server needs for them.
pub async fn run(settings: &Settings, wanted: usize) -> Outcome {
    let folder = settings.data_dir.join("streams");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let recipe = Recipe {
        program: settings.server.clone(),
        database: format!("sqlite://{}", folder.join("shop.sqlite").display()),
        data_dir: folder,
        redis: None,
    };
    recipe.start(Profile::Development).await?.stop().await?;
    let server = recipe.start(Profile::Production).await?;
    println!("{} people sign up", wanted.div_ceil(STREAMS_OF_ONE));
    let shoppers = sign_up(server.address, 0..wanted.div_ceil(STREAMS_OF_ONE)).await?;
    // The memory of the last password goes back before anything is compared.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = server.memory_mb("VmRSS")?;
    let began = Instant::now();
    let streams = open_all(server.address, &shoppers, wanted).await?;
    println!("{wanted} streams are open after {:.1} s", began.elapsed().as_secs_f64());
    let (opened, worked) = (server.memory_mb("VmRSS")?, server.processor_seconds()?);
    let heard = tokio::spawn(listen_to_all(streams));
    tokio::time::sleep(REST).await;
    report(&server, wanted, before, opened, worked)?;
    let beats = heard.await??;
    println!("{:.1} signs of life a stream, none ended", count(beats) / count(wanted));
    server.stop().await
}

fn report(server: &Running, wanted: usize, before: f64, opened: f64, worked: f64) -> Outcome {
    let (rested, busy) = (server.memory_mb("VmRSS")?, server.processor_seconds()? - worked);
    println!("resident memory: {before:.1} MB before, {opened:.1} MB with the streams, {rested:.1} MB after they beat");
    println!("{:.1} KB a stream", (rested - before) * 1e3 / count(wanted));
    println!("{:.1} % of one processor while nothing happens", 100.0 * busy / REST.as_secs_f64());
    Ok(())
}

async fn open_all(server: SocketAddr, shoppers: &[Shopper], wanted: usize) -> Outcome<Vec<TcpStream>> {
    let owners: Vec<&Shopper> = shoppers.iter().cycle().take(wanted).collect();
    let mut streams = Vec::with_capacity(wanted);
    for some in owners.chunks(OPENING) {
        let mut opening = tokio::task::JoinSet::new();
        for shopper in some {
            opening.spawn(tokio::time::timeout(PATIENCE, open(server, shopper.cookie.clone())));
        }
        while let Some(stream) = opening.join_next().await {
            streams.push(stream???);
        }
    }
    Ok(streams)
}

/// Opens a stream and waits until it says that it is there.
async fn open(server: SocketAddr, cookie: String) -> Outcome<TcpStream> {
    let mut stream = TcpStream::connect(server).await?;
    let request = format!("GET /api/notifications/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut read = Vec::new();
    while !contains(&read, b"event:connect") {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(format!("no stream: {}", String::from_utf8_lossy(&read)).into());
        }
    }
    Ok(stream)
}

fn contains(read: &[u8], wanted: &[u8]) -> bool {
    read.windows(wanted.len()).any(|bytes| bytes == wanted)
}

/// Reads what comes for as long as they are left alone; how many signs of life that were.
async fn listen_to_all(streams: Vec<TcpStream>) -> Outcome<usize> {
    let mut listening = tokio::task::JoinSet::new();
    let until = tokio::time::Instant::now() + REST;
    for mut stream in streams {
        listening.spawn(async move {
            let (mut beats, mut bytes) = (0, [0; 256]);
            while let Ok(read) = tokio::time::timeout_at(until, stream.read(&mut bytes)).await {
                match read? {
                    0 => return Err("a stream ended".into()),
                    length => beats += usize::from(contains(bytes.get(..length).unwrap_or_default(), b": ping")),
                }
            }
            Outcome::Ok(beats)
        });
    }
    let mut beats = 0;
    while let Some(heard) = listening.join_next().await {
        beats += heard??;
    }
    Ok(beats)
}
