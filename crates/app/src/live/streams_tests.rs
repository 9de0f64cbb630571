use ef_domain::announce::AnnouncementKind;
use ef_domain::order::OrderNumber;
use ef_domain::shared::{OrderId, Timestamp};
use futures::FutureExt;

use super::*;

fn announcement(id: i64, user: i64) -> Announcement {
    Announcement {
        id: AnnouncementId::new(id),
        user: UserId::new(user),
        order: OrderId::new(1),
        number: OrderNumber::try_new(1_000_000_000_000_001).unwrap(),
        kind: AnnouncementKind::Shipped,
        happened_at: Timestamp::from_millis(1_800_000_000_000).unwrap(),
        read_at: None,
    }
}

fn streams() -> Arc<Streams> {
    Arc::new(Streams::beginning_after(AnnouncementId::new(10)))
}

fn open(streams: &Arc<Streams>, user: i64) -> LiveStream {
    streams.open(UserId::new(user)).expect("streams open")
}

fn tell(streams: &Streams, id: i64, user: i64) {
    streams.tell(vec![announcement(id, user)], AnnouncementId::new(id));
}

/// What a stream says at some moment.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Nothing,
    That(i64),
    TheEnd,
}

fn says(stream: &mut LiveStream) -> Says {
    match stream.next().now_or_never() {
        None => Says::Nothing,
        Some(None) => Says::TheEnd,
        Some(Some(announcement)) => Says::That(announcement.id.get()),
    }
}

#[test]
fn every_stream_of_a_person_is_told_and_nobody_elses() {
    let streams = streams();
    let (mut first, mut second, mut other) = (open(&streams, 1), open(&streams, 1), open(&streams, 2));
    tell(&streams, 11, 1);
    assert_eq!(
        [says(&mut first), says(&mut second), says(&mut other)],
        [Says::That(11), Says::That(11), Says::Nothing]
    );
}

#[test]
fn a_stream_begins_where_the_instance_is() {
    let streams = streams();
    assert_eq!(open(&streams, 1).began_after(), AnnouncementId::new(10));
    streams.tell(Vec::new(), AnnouncementId::new(12));
    tell(&streams, 13, 2);
    assert_eq!(open(&streams, 1).began_after(), AnnouncementId::new(13));
}

/// A page that is loaded anew opens its stream before the old one is known to be gone.
#[test]
fn closing_a_stream_leaves_the_others_of_its_person_open() {
    let streams = streams();
    let (old, mut new) = (open(&streams, 1), open(&streams, 1));
    drop(old);
    tell(&streams, 11, 1);
    assert_eq!((says(&mut new), streams.users()), (Says::That(11), 1));
    drop(new);
    assert_eq!(streams.users(), 0);
}

#[test]
fn a_reader_that_takes_nothing_is_dropped_and_harms_nobody() {
    let streams = streams();
    let (mut slow, mut quick) = (open(&streams, 1), open(&streams, 1));
    for id in 0..40 {
        tell(&streams, 11 + id, 1);
        assert_eq!(says(&mut quick), Says::That(11 + id));
    }
    let taken: Vec<_> = (0..33).map(|_| says(&mut slow)).collect();
    let expected: Vec<_> = (11..43).map(Says::That).chain([Says::TheEnd]).collect();
    assert_eq!(taken, expected, "what waited, in order, and then the end");
    assert_eq!(streams.users(), 1);
}

#[test]
fn the_oldest_of_too_many_streams_gives_way() {
    let streams = streams();
    let mut open: Vec<_> = (0..=MOST_STREAMS).map(|_| open(&streams, 1)).collect();
    tell(&streams, 11, 1);
    let ends = open.iter_mut().map(says).filter(|said| *said == Says::TheEnd).count();
    assert_eq!((ends, open.first_mut().map(says)), (1, Some(Says::TheEnd)));
}

#[test]
fn a_stop_ends_every_stream_and_lets_none_open() {
    let streams = streams();
    let (mut one, mut two) = (open(&streams, 1), open(&streams, 2));
    streams.close();
    assert_eq!((says(&mut one), says(&mut two)), (Says::TheEnd, Says::TheEnd));
    assert!(streams.open(UserId::new(1)).is_none());
}
