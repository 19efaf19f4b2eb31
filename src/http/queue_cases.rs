//! Tests of turns.

use futures_util::FutureExt;

use super::*;

const LONG: Duration = Duration::from_secs(600);

/// The turn of a place, if it has one.
fn turn(place: QueueSlot) -> Option<Permit> {
    place.turn().now_or_never()
}

#[test]
fn callers_are_served_in_rotation() {
    let turns = Queue::new(1, 8, LONG);
    turn(turns.take(Caller::Unknown).unwrap()).unwrap().finish();
    let mut at_work = turn(turns.take(Caller::Key(0)).unwrap());
    let mut waiting: Vec<(u64, QueueSlot)> =
        [1, 1, 1, 2, 3, 2].map(|key| (key, turns.take(Caller::Key(key)).unwrap())).into();
    assert_eq!(turns.count(), (1, 6));
    let mut served = Vec::new();
    while !waiting.is_empty() {
        drop(at_work.take());
        let at = waiting.iter_mut().position(|(_, place)| !place.turn.is_empty()).unwrap();
        let (key, place) = waiting.remove(at);
        served.push(key);
        at_work = turn(place);
    }
    assert_eq!(served, [1, 2, 3, 1, 2, 1]);
    drop(at_work);
    assert_eq!(turns.count(), (0, 0));
}

#[test]
fn until_a_turn_has_ended_one_waits_for_each_at_work() {
    let turns = Queue::new(2, 8, LONG);
    let mut places: Vec<QueueSlot> = (0..4).map(|_| turns.take(Caller::Unknown).unwrap()).collect();
    assert_eq!(turns.take(Caller::Unknown).err().map(|full| (full.waiting, full.by_count)), Some((2, false)));
    turn(places.remove(0)).unwrap().finish();
    assert!(turns.take(Caller::Unknown).is_ok(), "turns are short");
}

#[test]
fn few_turns_exceed_the_pace() {
    let seconds = Duration::from_secs;
    let first = Pace::after(None, seconds(8));
    assert_eq!((first.mean, first.longest()), (seconds(8), seconds(24)));
    let second = Pace::after(Some(first), seconds(16));
    assert_eq!((second.mean, second.deviation), (seconds(9), seconds(5)));
    let steady = (0..100).fold(second, |pace, _| Pace::after(Some(pace), seconds(10)));
    assert!(steady.mean.abs_diff(seconds(10)) < seconds(1) && steady.longest() < seconds(11), "{steady:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_what_would_come_too_late() {
    let turns = Queue::new(2, 100, Duration::from_secs(11));
    for _ in 0..50 {
        let at_work = turn(turns.take(Caller::Unknown).unwrap()).unwrap();
        tokio::time::advance(Duration::from_secs(4)).await;
        at_work.finish();
    }
    let at_work = [turns.take(Caller::Unknown).unwrap(), turns.take(Caller::Unknown).unwrap()];
    let first = turns.take(Caller::Unknown).unwrap();
    let second = turns.take(Caller::Unknown).unwrap();
    let third = turns.take(Caller::Unknown).unwrap();
    let full = turns.take(Caller::Unknown).err().unwrap();
    assert_eq!((full.waiting, full.by_count, full.again.as_secs()), (3, false, 2));
    drop(third);
    assert!(turns.take(Caller::Unknown).is_ok(), "whoever leaves makes room");
    drop((at_work, first, second));
}

#[test]
fn who_leaves_frees_the_place_and_the_turn() {
    let turns = Queue::new(1, 2, LONG);
    turn(turns.take(Caller::Unknown).unwrap()).unwrap().finish();
    let first = turns.take(Caller::Unknown).unwrap();
    let (second, third) = (turns.take(Caller::Unknown).unwrap(), turns.take(Caller::Unknown).unwrap());
    assert_eq!(turns.take(Caller::Unknown).err().map(|full| (full.waiting, full.by_count)), Some((2, true)));
    drop(second);
    assert_eq!(turns.count(), (1, 1));
    drop(first);
    assert_eq!(turns.count(), (1, 0), "a turn that nobody took goes on to the next");
    drop(third);
    assert_eq!(turns.count(), (0, 0));
}

/// Turns of which one has ended, and this many that the first caller has at work and in the queue.
fn flooded(running: usize, waiting: usize, requests: usize) -> (Queue, Vec<QueueSlot>) {
    let turns = Queue::new(running, waiting, LONG);
    turn(turns.take(Caller::Unknown).unwrap()).unwrap().finish();
    let places = (0..requests).map_while(|_| turns.take(Caller::Key(0)).ok()).collect();
    (turns, places)
}

#[test]
fn one_caller_may_have_everything_and_another_still_gets_in() {
    let (turns, flood) = flooded(4, 16, 24);
    assert_eq!((flood.len(), turns.count()), (20, (4, 16)), "alone, he has all of it");
    let second = turns.take(Caller::Key(1)).unwrap();
    assert!(second.has_turn(), "who has none at work begins at once");
    let third = turns.take(Caller::Key(2)).unwrap();
    assert!(third.has_turn());
    let fourth = turns.take(Caller::Key(3)).unwrap();
    assert!(!fourth.has_turn(), "half as many more, and not all there are");
    assert!(turns.take(Caller::Key(0)).is_err());
    assert_eq!(turns.count(), (6, 17));
    // The next turn that is free is not for the one who has four.
    drop(turn(second).unwrap());
    assert!(fourth.has_turn());
    assert_eq!(turns.count(), (6, 16));
}

#[test]
fn while_there_are_others_nobody_begins_more_than_an_equal_share() {
    let (turns, mut flood) = flooded(4, 16, 20);
    let mut at_work: Vec<Permit> = flood.drain(..4).map(|place| turn(place).unwrap()).collect();
    let other = turn(turns.take(Caller::Key(1)).unwrap()).unwrap();
    drop((at_work.pop(), at_work.pop()));
    assert_eq!(turns.count(), (3, 16), "he has two of four");
    drop(at_work.pop());
    assert_eq!(turns.count(), (3, 15));
    drop(other);
    assert_eq!(turns.count(), (4, 13), "and all of them when the other has left");
}

#[test]
fn places_are_shared_by_those_who_wait() {
    let (turns, _flood) = flooded(1, 12, 13);
    let mut places = Vec::new();
    let mut got = |key: u64| {
        let before = places.len();
        places.extend((0..12).map_while(|_| turns.take(Caller::Key(key)).ok()));
        places.len() - before
    };
    // Twelve places by two callers and one to come, then by three, and so on.
    assert_eq!([1, 2, 3].map(&mut got), [4, 3, 3]);
    let more: usize = (4..40).map(&mut got).sum();
    assert_eq!(turns.count(), (1, 24), "up to twice as many");
    assert_eq!(more, 2);
}

#[test]
fn nobody_waits_where_no_queue_is() {
    let (turns, flood) = flooded(1, 0, 2);
    assert_eq!(flood.len(), 1);
    assert_eq!(turns.take(Caller::Key(1)).err().map(|full| full.by_count), Some(true));
}

#[test]
fn a_caller_with_few_is_not_late_because_of_one_with_many() {
    let turns = Queue::new(1, 100, LONG);
    turns.0.lock().pace = Some(Pace { mean: Duration::from_secs(60), deviation: Duration::ZERO });
    let flood: Vec<QueueSlot> = (0..100).map_while(|_| turns.take(Caller::Key(0)).ok()).collect();
    assert_eq!(flood.len(), 10, "one at work, and nine for whom there is time");
    assert!(turns.take(Caller::Key(1)).is_ok(), "one of them is before him, and not nine");
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_off_says_nothing_about_the_pace() {
    let turns = Queue::new(1, 8, LONG);
    for _ in 0..20 {
        let at_work = turn(turns.take(Caller::Unknown).unwrap()).unwrap();
        tokio::time::advance(Duration::from_secs(30)).await;
        at_work.finish();
    }
    for _ in 0..20 {
        drop(turn(turns.take(Caller::Unknown).unwrap()));
    }
    assert_eq!(turns.0.lock().pace.unwrap().mean, Duration::from_secs(30));
}

#[test]
fn each_kind_of_work_has_its_own_lane() {
    let mut options = Options::default();
    (options.limits.concurrency, options.limits.queue) = (1, 0);
    let lanes = Queues::new(&options);
    let long = lanes.summaries.take(Caller::Unknown).unwrap();
    assert!(lanes.summaries.take(Caller::Unknown).is_err());
    let short = lanes.translations.take(Caller::Unknown).unwrap();
    let judged = lanes.judgements.take(Caller::Unknown).unwrap();
    let read = lanes.readings.take(Caller::Unknown).unwrap();
    assert_eq!(lanes.count(), (4, 0));
    assert!([long, short, judged, read].iter().all(QueueSlot::has_turn));
}

#[test]
fn a_network_of_ipv6_is_one_caller() {
    let at = |address: &str| Caller::at(address.parse().unwrap());
    assert_eq!(at("2001:db8:1:2::5"), at("2001:db8:1:2:ffff::1"));
    assert_ne!(at("2001:db8:1:2::5"), at("2001:db8:1:3::5"));
    assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
}
