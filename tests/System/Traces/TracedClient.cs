using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Ordering;

namespace Tests.System.Traces;

/// <summary>A client that names its own trace with every request, and asks for it to be recorded.</summary>
internal sealed class TracedClient : IDisposable
{
    private readonly HttpClient http;

    public TracedClient(SystemUnderTest system)
    {
        http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseProxy = false }) { BaseAddress = system.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.Secrets.OperatorKey);
    }

    /// <summary>A client's span: the parent of what the system does.</summary>
    public sealed record ClientSpan(string TraceId, string SpanId)
    {
        public static ClientSpan New() => new(ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());

        public string Traceparent => $"00-{TraceId}-{SpanId}-01";
    }

    /// <summary>Places an order; returns its id.</summary>
    public async Task<string> PlaceAsync(PlaceOrder order, ClientSpan client)
    {
        using var answer = await SendAsync(HttpMethod.Post, "orders", order, client);
        return (await answer.Content.ReadFromJsonAsync<OrderAccepted>(JsonSerializerOptions.Web))!.OrderId;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, ClientSpan client)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("traceparent", client.Traceparent);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), mediaType: null, JsonSerializerOptions.Web);
        }

        var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        answer.Headers.GetValues("traceresponse").Single().ShouldStartWith($"00-{client.TraceId}-");
        return answer;
    }

    public void Dispose() => http.Dispose();
}
