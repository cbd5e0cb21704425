using System.Net;
using Contracts;
using Gateway.Forwarding;
using Gateway.Invoicing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;
using ServiceDefaults.Problems;
using Tests.Unit.StandIns;

namespace Tests.Unit.Gateway;

/// <summary>What the gateway's routes let pass is what the service sees: the role was asked for that path and for no other.</summary>
public sealed class ForwardedPathTests : IAsyncLifetime
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private FakeSidecar sidecar = null!;
    private WebApplication app = null!;

    public async ValueTask InitializeAsync()
    {
        sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(_ => new SidecarAnswer(200, "{}", ("Content-Type", "application/json")));
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["DAPR_HTTP_ENDPOINT"] = sidecar.Endpoint;
        builder.AddAppDefaults(AppIds.Gateway);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ServiceProxy>();
        app = builder.Build();
        app.UseProblemResponses();
        app.MapInvoices();
        await app.StartAsync();
        http.BaseAddress = new Uri(app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        await sidecar.DisposeAsync();
    }

    [Fact]
    public async Task an_id_is_passed_on_as_it_came()
    {
        using var answer = await http.GetAsync(new Uri("/invoices/o-1.a:b", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        sidecar.Request.Line.ShouldBe("GET /v1.0/invoke/invoices/method/invoices/o-1.a:b");
    }

    [Theory]
    [InlineData("/invoices/..%2Fdeadletters")]
    [InlineData("/invoices/..%2fsnapshots%2faccounts")]
    [InlineData("/invoices/%2E%2E%2Fdeadletters")]
    [InlineData("/invoices/..%252Fdeadletters")]
    [InlineData("/invoices/%252E%252E%252Fdeadletters")]
    [InlineData("/invoices/o-1%2F..%2F..%2Fprogress")]
    public async Task what_dapr_would_make_another_path_of_is_not_passed_on(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        sidecar.Requests.ShouldBeEmpty();
    }
}
