using System.Text;

namespace Cli.Fuzz;

/// <summary>Makes the bytes of an HTTP/1.1 request, right in most parts and wrong in some.</summary>
internal static class HttpMutation
{
    private const int LongMax = 20_000;
    private const int BodyMax = 2 * 1024 * 1024;

    private static readonly string[] Verbs = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "P\0ST", ""];

    private static readonly string[] Pieces =
    [
        "%00", "%2e%2e%2f", "..", "//", "%", "%zz", "%c0%af", "%ff", "\u00e9", "?", "#", ";a=b", "&limit=-1", "&limit=99999999999999999999", "?limit=abc&limit=5",
        "?after=%00", "*", "'", "\"", "<x>", "|", "\\", "{}", "[]", " ", "\t", "@", ":80", "%20", "%0d%0aX: y", "~", "&&==", "?=", "../../../etc/passwd",
    ];

    private static readonly string[] Headers =
    [
        "Content-Type: text/plain", "Content-Type: application/json; charset=utf-16", "Content-Type: application/cloudevents+json", "Content-Type: ;;;",
        "Content-Type: application/merge-patch+json", "If-Match: \"1\"", "If-Match: *, W/\"x\"", "If-None-Match: \"\"", "Idempotency-Key: \"", "Idempotency-Key: a b",
        "Consistency-Token: zzz", "Consistency-Token: o:1:999999999999999999999,,,", "traceparent: 00-zz", "tracestate: =", "dapr-app-id: orders", "dapr-app-id: nosuch",
        "Authorization: Basic ZGFwci1hcHAtaWQ6b3JkZXJz", "Authorization: Bearer", "Authorization: Bearer \u00ff", "Expect: 100-continue", "Expect: 200-ok",
        "Cache-Control: max-age=-1", "Cache-Control: max-age=99999999999999", "Accept: */*;q=2", "Accept-Encoding: br;q=x", "Range: bytes=5-1", "Connection: upgrade",
        "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "X-Forwarded-For: 1.2.3.4", "Host: evil", "metadata.x: y", ": novalue", "NoColon", " Folded: x", "Bad Name: x",
        "Consistency-Operator: root", "Dapr-Caller-App-Id: gateway", "Cookie: a=b; a=c", "Baggage: a=b", "Content-Encoding: gzip", "Transfer-Encoding: gzip",
    ];

    /// <summary>Bytes to send, and what of it matters to the judge.</summary>
    public static FuzzRequest Of(FuzzTarget target, Random random)
    {
        var templates = Template.For(target.Kind);
        var template = templates[random.Next(templates.Count)];
        var verb = random.Next(12) == 0 ? Verbs[random.Next(Verbs.Length)] : template.Verb;
        var path = template.Path.Replace("{}", Id(random), StringComparison.Ordinal);
        path = random.Next(3) == 0 ? Mutated(path, random) : path;
        var body = Body(template, random);
        var version = random.Next(60) == 0 ? Pick(["HTTP/1.0", "HTTP/3.0", "HTTP/1.2", "HTTP", ""], random) : "HTTP/1.1";
        var head = new StringBuilder($"{verb} {path} {version}\r\n");
        head.Append(random.Next(80) == 0 ? "" : $"Host: {target.Address.Authority}\r\n").Append("Connection: close\r\n");
        if (target.Secret is { } secret && random.Next(10) != 0)
        {
            head.Append($"{secret.Name}: {secret.Value}\r\n");
        }

        if (body.Length > 0 && random.Next(10) != 0)
        {
            head.Append("Content-Type: application/json\r\n");
        }

        for (var more = random.Next(3); more > 0; more--)
        {
            head.Append(Pick(Headers, random)).Append("\r\n");
        }

        if (random.Next(100) == 0)
        {
            head.Append(string.Concat(Enumerable.Range(0, random.Next(200)).Select(i => $"X-{i}: {i}\r\n")));
        }

        return Framed(target, head, body, random);
    }

    // Length and chunks, and the two against each other.
    private static FuzzRequest Framed(FuzzTarget target, StringBuilder head, byte[] body, Random random)
    {
        IEnumerable<byte> framed = body;
        switch (random.Next(24))
        {
            case 0:
                head.Append("Transfer-Encoding: chunked\r\n");
                framed = Chunked(body, random.Next(3) == 0 ? "zz" : $"{body.Length:x}");
                break;
            case 1:
                head.Append($"Content-Length: {body.Length}\r\nTransfer-Encoding: chunked\r\n");
                framed = Chunked(body, $"{body.Length:x}");
                break;
            case 2:
                head.Append($"Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n");
                break;
            case 3:
                head.Append($"Content-Length: {Pick(["-1", "abc", "99999999999999999999", "1e3", "5000000000", "0x10", ""], random)}\r\n");
                break;
            case 4:
                head.Append($"Content-Length: {body.Length + random.Next(1, 100)}\r\n"); // never sent in full
                break;
            default:
                head.Append(body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "");
                break;
        }

        byte[] bytes = [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. framed];
        if (random.Next(40) == 0)
        {
            bytes = bytes[..random.Next(1, bytes.Length)];
        }

        return new FuzzRequest(target, bytes);
    }

    private static IEnumerable<byte> Chunked(byte[] body, string size) =>
        [.. Encoding.ASCII.GetBytes($"{size}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8];

    private static byte[] Body(Template template, Random random)
    {
        var body = template.BodyBytes;
        if (template.OnlyBroken)
        {
            return JsonMutation.Truncated(body, random);
        }

        return random.Next(200) == 0 ? new byte[random.Next(BodyMax)]
            : body.Length == 0 ? random.Next(20) == 0 ? "{}"u8.ToArray() : body
            : random.Next(4) == 0 ? body
            : JsonMutation.Of(body, random);
    }

    private static string Mutated(string path, Random random) => random.Next(8) switch
    {
        0 => path[..random.Next(1, path.Length)],
        1 => path + new string('a', random.Next(LongMax)),
        2 => path.ToUpperInvariant(),
        3 => "http://elsewhere.example" + path,
        _ => path.Insert(random.Next(1, path.Length + 1), Pick(Pieces, random)),
    };

    private static string Id(Random random) => random.Next(6) switch
    {
        0 => new string('x', random.Next(200)),
        1 => Pick(Pieces, random),
        2 => $"{random.NextInt64()}",
        _ => Pick(["fuzz-s", "fuzz-c", "1", "0"], random),
    };

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}
