using System.Net;
using Gateway.Forwarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Hosting;

namespace Tests.Unit.Gateway;

/// <summary>Whose word the gateway takes for who the client is.</summary>
public sealed class ProxyHeadersTests
{
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7 https")]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7 https")]
    [InlineData("10.0.0.5", "203.0.113.7", "203.0.113.7 https")]
    [InlineData("10.0.0.7", "203.0.113.7", "10.0.0.7 http")]
    [InlineData("::ffff:10.0.0.5", "203.0.113.7", "203.0.113.7 https")] // as a socket for both families shows it
    [InlineData("10.244.3.9", "203.0.113.7", "203.0.113.7 https")]
    [InlineData("::ffff:10.244.3.9", "203.0.113.7", "203.0.113.7 https")]
    [InlineData("10.245.3.9", "203.0.113.7", "10.245.3.9 http")]
    public async Task only_this_machine_and_trusted_proxies_are_believed_and_for_one_hop(string peer, string said, string expected)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create(ProxyHeaders.Setting, (string?)"10.0.0.5, 10.244.0.0/16")]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddProxyHeaders();
        await using var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
            return next(http);
        });
        app.UseForwardedHeaders();
        app.Run(http => http.Response.WriteAsync($"{http.Connection.RemoteIpAddress} {http.Request.Scheme}"));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", said);
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        (await client.GetStringAsync("/")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("proxy.local")]
    [InlineData("10.244.0.0/33")]
    public void what_is_neither_address_nor_network_is_refused_by_name(string text)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create(ProxyHeaders.Setting, (string?)text)]);

        Should.Throw<SettingException>(builder.AddProxyHeaders).Message
            .ShouldStartWith($"environment or appsettings.json: TrustedProxies: '{text}' is neither an IP address nor a network. Name proxies as in ");
    }
}
