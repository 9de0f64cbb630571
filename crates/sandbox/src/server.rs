//! The one HTTP server that every partner lives in.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, Server, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, web};

use crate::world::World;
use crate::{console, control, mail, naver, toss};

/// Requests wait on disks and clocks rather than on processors.
const WORKERS: usize = 2;

/// A second handle on a connection, for breaking it before a byte of the answer is written.
pub(crate) struct Wire(std::net::TcpStream);

impl Wire {
    /// Breaks the connection.
    pub(crate) fn cut(&self) {
        // A connection that is gone already is as broken as it should be.
        let _ = self.0.shutdown(std::net::Shutdown::Both);
    }
}

fn keep_wire(connection: &dyn std::any::Any, data: &mut Extensions) {
    use std::os::fd::AsFd as _;
    let stream = connection.downcast_ref::<TcpStream>();
    if let Some(Ok(handle)) = stream.map(|stream| stream.as_fd().try_clone_to_owned()) {
        data.insert(Wire(std::net::TcpStream::from(handle)));
    }
}

/// How many requests are being answered.
#[derive(Debug, Default)]
pub(crate) struct Traffic(AtomicUsize);

impl Traffic {
    /// Whether nobody waits for an answer.
    pub(crate) fn is_quiet(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

struct Passing(Arc<Traffic>);

impl Passing {
    fn enter(traffic: &Arc<Traffic>) -> Self {
        traffic.0.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(traffic))
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let _passing = request.app_data::<web::Data<Traffic>>().map(|traffic| Passing::enter(traffic));
    next.call(request).await
}

/// A server on that listener; it runs while it is awaited.
pub(crate) fn serve(listener: TcpListener, world: Arc<World>, traffic: Arc<Traffic>) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(Arc::clone(&world)))
            .app_data(web::Data::from(Arc::clone(&world.toss)))
            .app_data(web::Data::from(Arc::clone(&world.naver)))
            .app_data(web::Data::from(Arc::clone(&world.mail)))
            .app_data(web::Data::from(Arc::clone(&traffic)))
            .wrap(from_fn(count))
            .configure(console::routes)
            .configure(control::routes)
            .service(web::scope("/toss").configure(toss::routes))
            .service(web::scope("/naver").configure(naver::routes))
            .service(web::scope("/mail").configure(mail::routes))
    });
    Ok(server.on_connect(keep_wire).workers(WORKERS).disable_signals().listen(listener)?.run())
}
