using System.Net;
using System.Text;
using Contracts;
using Gateway.Forwarding;
using Gateway.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;
using ServiceDefaults.Problems;
using Tests.Unit.StandIns;

namespace Tests.Unit.Gateway;

public sealed class DeadLetterRoutesTests : IAsyncLifetime
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private FakeSidecar sidecar = null!;
    private WebApplication app = null!;

    public async ValueTask InitializeAsync()
    {
        sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(request => request.Target.EndsWith("/2/replay", StringComparison.Ordinal)
            ? new SidecarAnswer(409, "{}", ("Content-Type", "application/problem+json"))
            : new SidecarAnswer(200, "{}", ("Content-Type", "application/json")));
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["DAPR_HTTP_ENDPOINT"] = sidecar.Endpoint;
        builder.AddAppDefaults(AppIds.Gateway);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ServiceProxy>();
        app = builder.Build();
        app.UseProblemResponses();
        app.MapDeadLetters();
        await app.StartAsync();
        http.BaseAddress = new Uri(app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        await sidecar.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/services/orders/deadletters?status=dead&limit=5", "", "orders/method/deadletters?status=dead&limit=5")]
    [InlineData("GET", "/services/inventory/deadletters/7", "", "inventory/method/deadletters/7")]
    [InlineData("POST", "/services/inventory/deadletters/7/replay", "", "inventory/method/deadletters/7/replay")]
    [InlineData("POST", "/services/invoices/deadletters/7/discard", """{"note":"x"}""", "invoices/method/deadletters/7/discard")]
    [InlineData("POST", "/services/orders/deadletters/replay", """{"all":true,"dryRun":true}""", "orders/method/deadletters/replay")]
    [InlineData("POST", "/services/orders/deadletters/discard", """{"filter":{"type":"t"},"note":"x"}""", "orders/method/deadletters/discard")]
    public async Task a_decision_reaches_the_service_that_has_the_letter(string method, string path, string body, string target)
    {
        using var answer = await SendAsync(method, path, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        sidecar.Request.Line.ShouldBe($"{method} /v1.0/invoke/{target}");
    }

    [Theory]
    [InlineData("POST", "/services/orders/deadletters/replay", "{}", 422)]
    [InlineData("POST", "/services/orders/deadletters/7/discard", "{}", 422)]
    [InlineData("GET", "/services/orders/deadletters?status=lost", "", 422)]
    [InlineData("GET", "/services/nobody/deadletters", "", 404)]
    [InlineData("POST", "/services/gateway/deadletters/7/replay", "{}", 404)]
    [InlineData("GET", "/services/orders/deadletters/seven", "", 404)]
    [InlineData("POST", "/services/orders/deadletters/replay", "{", 400)]
    public async Task what_makes_no_sense_is_refused_at_the_door(string method, string path, string body, int status)
    {
        using var answer = await SendAsync(method, path, body);

        ((int)answer.StatusCode).ShouldBe(status);
        sidecar.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_refusal_of_the_service_is_passed_on()
    {
        using var answer = await SendAsync("POST", "/services/orders/deadletters/2/replay", "{}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await http.SendAsync(request);
    }
}
