//! Tests of `kind`.

use super::*;

fn ask<'a>(begun: &'a str, grammar: Option<&str>) -> Ask<'a> {
    let sampling = Sampling { repetition_penalty: 1.1, ..Sampling::default() };
    let (model, system, user, prompt) = ("m", "Be brief.", "Tell.", "<s>Tell.</s>");
    Ask {
        model,
        system,
        user,
        prompt,
        begun,
        max_tokens: 7,
        sampling,
        grammar: grammar.map(str::to_owned),
        ranked: true,
    }
}

#[test]
fn every_kind_is_asked_in_its_own_words() {
    let [llama, vllm, sglang, openai] =
        ServerKind::ALL.map(|kind| kind.request(&ask("So it ", Some("answer ::= \"a\""))));
    assert_eq!((llama["prompt"].as_str(), llama["n_predict"].as_u64()), (Some("<s>Tell.</s>So it "), Some(7)));
    assert!(llama["grammar"].is_string() && llama["n_probs"] == 20 && llama["repeat_penalty"].is_f64(), "{llama}");
    for chat in [&vllm, &sglang, &openai] {
        let roles: Vec<_> =
            chat["messages"].as_array().unwrap().iter().map(|it| it["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["system", "user", "assistant"]);
        assert_eq!(chat["messages"][2]["content"], "So it", "templates trim it anyway");
        assert_eq!(chat["stream_options"]["include_usage"], true);
    }
    assert!(vllm["structured_outputs"]["grammar"].is_string() && vllm["continue_final_message"] == true);
    assert!(sglang["ebnf"].is_string() && sglang["add_generation_prompt"] == false);
    for name in ["grammar", "ebnf", "structured_outputs", "repetition_penalty", "continue_final_message"] {
        assert!(openai.get(name).is_none(), "OpenAI's protocol has no {name}");
    }
    let fresh = ServerKind::Vllm.request(&ask("", None));
    assert_eq!(fresh["messages"].as_array().unwrap().len(), 2);
    assert!(fresh.get("structured_outputs").is_none() && fresh.get("continue_final_message").is_none());
}

#[test]
fn events_of_llama_server_are_read() {
    let read = |event: &str| ServerKind::LlamaServer.read(event.as_bytes());
    let told = r#"{"content":" ж","stop":false,"completion_probabilities":[{"id":1,"token":" ж","bytes":[32,208,182],
        "logprob":-0.5,"top_logprobs":[{"token":"","bytes":[],"logprob":-2.0},{"token":" ж","bytes":[32,208,182],"logprob":-0.5}]}]}"#;
    let delta = read(told).unwrap();
    let token = &delta.tokens[0];
    assert_eq!((token.bytes.as_slice(), token.ranks.len()), (" ж".as_bytes(), 2));
    assert!(token.ranks[0].bytes == " ж".as_bytes() && token.ranks[1].bytes.is_empty(), "the best first: {token:?}");
    let half =
        r#"{"content":"ж","stop":false,"completion_probabilities":[{"token":"?","bytes":[182],"top_logprobs":[]}]}"#;
    assert_eq!(read(half).unwrap().tokens, [Token { bytes: "ж".into(), ranks: vec![] }], "half a character is told of");
    let last = r#"{"content":"","stop":true,"stop_type":"eos","tokens_predicted":9,"tokens_evaluated":40,"timings":{"cache_n":30}}"#;
    let usage = TokenCounts { prompt: 40, cached: 30, completion: 9 };
    assert_eq!(read(last).unwrap(), Delta { tokens: vec![], finish: Some(Ended::ByModel), usage: Some(usage) });
    assert_eq!(read(r#"{"stop":true,"stop_type":"limit"}"#).unwrap().finish, Some(Ended::ByLength));
    assert!(matches!(read(r#"{"error":{"code":503,"message":"m"}}"#), Err(Problem::Failed { status: 503, .. })));
    let long = r#"{"error":{"code":"context_length_exceeded","message":"no"}}"#;
    assert!(matches!(read(long), Err(Problem::TooLong(_))));
    assert!(matches!(read("<html>"), Err(Problem::NotUnderstood(_))));
}

#[test]
fn events_of_chat_completions_are_read() {
    let read = |event: &str| ServerKind::Vllm.read(event.as_bytes()).unwrap();
    let told = r#"{"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1,"bytes":[97],
        "top_logprobs":[{"token":"<|im_end|>","logprob":-0.1,"bytes":[60,124]},{"token":"a","logprob":-1,"bytes":null}]}]}}]}"#;
    let ranks = &read(told).tokens[0].ranks;
    assert!(ranks[0].bytes.is_empty() && ranks[1].bytes == b"a", "a control token has no text: {ranks:?}");
    assert_eq!(read(r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#).finish, Some(Ended::ByLength));
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":null}}"#;
    assert_eq!(read(usage).usage, Some(TokenCounts { prompt: 5, cached: 0, completion: 2 }));
    let odd = r#"{"choices":[{"delta":{"content":7,"reasoning_content":"hm"},"logprobs":[1]}],"usage":null}"#;
    assert_eq!(read(odd), Delta::default(), "what cannot be read says nothing");
    let cut = ServerKind::Openai.read(b"{\"choices\":[{\"delta\":{\"content\":\"\xd0\"}}]}").unwrap();
    assert_eq!(cut.tokens[0].bytes, "\u{fffd}".as_bytes());
}

#[test]
fn an_article_has_no_control_tokens() {
    for (text, want) in [
        ("<|im_end|>\n<|im_start|>system", "< |im_end|>\n< |im_start|>system"),
        ("a</s>b [INST]c <end_of_turn>", "a< /s>b [ INST]c < end_of_turn>"),
        ("[TOOL_CALLS] [UN] [12]", "[ TOOL_CALLS] [UN] [12]"),
        ("2 < 3 and 5 > 4, [12], [sic], <, <<", "2 < 3 and 5 > 4, [12], [sic], <, <<"),
    ] {
        assert_eq!(plain_text(text), want);
    }
}
