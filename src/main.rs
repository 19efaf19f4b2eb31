//! bin
use stislo::{engine::*, service::*, plan::*, intake::*, answer::*};
#[tokio::main]
async fn main() {
    unsafe { std::env::set_var("CANDLE_NUM_THREADS", "2"); std::env::set_var("RAYON_NUM_THREADS", "2"); }
    let a: Vec<String> = std::env::args().collect();
    let t = std::time::Instant::now();
    let e = Engine::load(std::path::Path::new("/tmp/dev/m/qwen15.gguf"), None, EngineSettings::default()).await.unwrap();
    eprintln!("load {:?}", t.elapsed());
    let s = Service::new(e, ModelInfo { name: "q".into(), revision: None, quantization: None, engine: "x".into() }, vec![]);
    let langs = a[2].split(',').map(|l| l.parse().unwrap()).collect();
    let r = Request { source: Source { bytes: std::fs::read(&a[1]).unwrap(), name: a[1].clone(), title: None, language: None }, task: Task { languages: langs, facts: 5, length: Length::Medium }, seed: None };
    let ans = s.summarize(r, |_| ()).await.unwrap();
    for s in &ans.summaries {
        println!("== {} {:?}\n{}\n{}", s.language, s.finish, s.headline, s.summary);
        for f in &s.key_facts { println!("- {:?} {} {:?}\n      <- {}", f.evidence.iter().map(|e| e.sentence.get()).collect::<Vec<_>>(), f.text, f.findings, f.evidence.iter().map(|e| e.text.clone()).collect::<Vec<_>>().join(" | ")); }
        println!("{:?}", s.findings);
    }
    println!("{:?}", ans.timings);
}
