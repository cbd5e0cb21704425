using System.Net;
using System.Text;
using Sidecar.Hosting;

namespace Tests.Contract.Runtime;

/// <summary>The app of a recording: answers each request as it did then.</summary>
internal sealed class RecordedApp(IReadOnlyList<RecordedCall> calls, Uri? address) : IAppChannel
{
    private const string Path = "/v1.0/invoke/app-a/method";

    public string AppId => "app-a";

    public Uri? BaseAddress => address;

    public bool IsReady => true;

    public Task WhenReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = $"{request.Method} {Path}{request.RequestUri!.PathAndQuery}";
        var call = calls.First(recorded => recorded.Http == asked);
        var response = new HttpResponseMessage((HttpStatusCode)call.HttpStatus)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(call.HttpAnswer)),
        };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", call.HttpHeaders["content-type"]);
        return Task.FromResult(response);
    }
}
