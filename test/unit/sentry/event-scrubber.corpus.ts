/** An event that says the same in every field that an event has. */
export function eventSaying(text: string): Record<string, unknown> {
  const pair = { note: text, 'http.query': `?a=1&note=${encodeURIComponent(text)}` };
  return {
    event_id: 'f00d',
    message: text,
    logentry: { message: text, params: [text] },
    transaction: text,
    logger: text,
    fingerprint: ['{{ default }}', text],
    tags: { note: text },
    extra: { list: [{ deep: { deeper: text } }, text], when: new Map([['note', text]]) },
    user: { id: 7, note: text },
    request: {
      method: 'GET',
      url: `http://h/?note=${encodeURIComponent(text)}`,
      data: text,
      env: pair,
    },
    contexts: {
      trace: { trace_id: 'a1', span_id: 'b2', data: pair },
      order: { note: text, list: [text] },
    },
    breadcrumbs: [{ timestamp: 1, category: 'http', message: text, data: pair }],
    exception: {
      values: [
        {
          type: text,
          value: text,
          mechanism: { type: 'generic', handled: true, data: pair },
          stacktrace: { frames: [frameSaying(text)] },
        },
      ],
    },
    threads: { values: [{ id: 0, stacktrace: { frames: [frameSaying(text)] } }] },
    spans: [{ span_id: 'b2', trace_id: 'a1', description: text, data: pair }],
    what_comes_later: { note: text },
  };
}

function frameSaying(text: string): object {
  return {
    filename: '/app/orders.js',
    lineno: 12,
    pre_context: ['// before', text],
    context_line: text,
    post_context: [text, '// after'],
    vars: { note: text },
  };
}
