using System.Net;
using Consistency.Outbox;
using Invoices.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;
using Tests.Unit.Consistency;

namespace Tests.Unit.ServiceDefaults.Security;

/// <summary>Only the sidecar, which shows APP_API_TOKEN, may call a service.</summary>
public sealed class AppTokenTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("token-").FullName;
    private readonly WebApplication app;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    public AppTokenTests()
    {
        var builder = Builder("http://127.0.0.1:0", "secret-app");
        builder.AddConsistentService<InvoicesDb>("invoices", o => new InvoicesDb(o));
        builder.Services.AddSingleton<IMessagePublisher>(new RecordingBroker());
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapConsistentService<InvoicesDb>(_ => 0);
    }

    public async ValueTask InitializeAsync() => await app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("/healthz", null, 200)] // Dapr's own probe carries no token
    [InlineData("/livez", null, 200)] // nor does Kubernetes'
    [InlineData("/progress", null, 401)]
    [InlineData("/progress", "", 401)]
    [InlineData("/progress", "secret-ap", 401)]
    [InlineData("/progress", "secret-app2", 401)]
    [InlineData("/progress", "secret-app", 200)]
    [InlineData("/dapr/subscribe", null, 401)]
    [InlineData("/dapr/subscribe", "secret-app", 200)]
    [InlineData("/nosuch", null, 401)]
    [InlineData("/nosuch", "secret-app", 404)]
    public async Task only_the_right_token_opens(string path, string? token, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(app.Urls.Single()), path));
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("dapr-api-token", token);
        }

        using var answer = await http.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(status);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    [Fact]
    public void without_a_token_a_service_does_not_start_where_others_reach_it()
    {
        var builder = Builder("http://0.0.0.0:8080", token: null);

        Should.Throw<SettingException>(() => builder.AddConsistentService<InvoicesDb>("invoices", o => new InvoicesDb(o))).Message
            .ShouldStartWith("environment: APP_API_TOKEN: is missing, and invoices listens on http://0.0.0.0:8080");
    }

    private WebApplicationBuilder Builder(string urls, string? token)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["DATA_DIR"] = directory;
        builder.Configuration["APP_API_TOKEN"] = token;
        builder.WebHost.UseUrls(urls);
        builder.Configuration["urls"] = urls;
        return builder;
    }
}
