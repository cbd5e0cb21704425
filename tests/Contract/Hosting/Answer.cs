using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tests.Contract.Hosting;

/// <summary>An answer, read to the end.</summary>
public sealed record Answer(int Status, string Body, Dictionary<string, string> Headers)
{
    /// <summary>The error code of an error answer.</summary>
    public string ErrorCode => Json.GetProperty("errorCode").GetString()!;

    public string Message => Json.GetProperty("message").GetString()!;

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The body of an error without details.</summary>
    public static string Error(string code, string message) => $$"""{"errorCode":"{{code}}","message":"{{message}}"}""";

    public string ETag => Headers["ETag"];
}

/// <summary>Short ways to send what the tests send.</summary>
public static class Sending
{
    public static Task<Answer> GetAnswerAsync(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Get, path, null, headers);

    public static Task<Answer> PostJsonAsync(this HttpClient client, string path, string json) =>
        client.SendAsync(HttpMethod.Post, path, json, ("Content-Type", "application/json"));

    /// <summary>Saves one value; <paramref name="more"/> are further members of the item.</summary>
    public static Task<Answer> SaveAsync(this HttpClient client, string store, string key, string valueJson, string more = "") =>
        client.PostJsonAsync($"/v1.0/state/{store}", $$"""[{"key":{{JsonSerializer.Serialize(key)}},"value":{{valueJson}}{{more}}}]""");

    public static Task<Answer> SendAsync(
        this HttpClient client, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers) =>
        client.SendBytesAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), headers);

    public static async Task<Answer> SendBytesAsync(
        this HttpClient client, HttpMethod method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }
        using var response = await client.SendAsync(request);
        return await ReadAsync(response);
    }

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var source in new HttpHeaders[] { response.Headers, response.Content.Headers })
        {
            foreach (var (name, values) in source.NonValidated)
            {
                headers[name] = values.ToString();
            }
        }
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
    }
}
