using System.Net;
using Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Unit.StandIns;

public sealed class FromStateTests
{
    [Theory]
    [InlineData("/widgets/value/w1", "5", "5")]
    [InlineData("/widgets/entry/w1", "5", "w1 5 7")]
    public async Task a_controller_gets_state_by_its_route(string path, string stored, string expected)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, stored, ("ETag", "7"));
        await using var app = await StartAsync(sidecar);

        (await app.Http.GetStringAsync(path)).ShouldBe(expected);

        sidecar.Request.Line.ShouldBe("GET /v1.0/state/store/w1");
    }

    [Fact]
    public async Task a_missing_value_is_null_and_a_missing_entry_has_none()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var app = await StartAsync(sidecar);

        (await app.Http.GetStringAsync("/widgets/value/w1")).ShouldBe("nothing");
        (await app.Http.GetStringAsync("/widgets/entry/w1")).ShouldBe("w1  ");
    }

    [Fact]
    public async Task a_route_without_the_key_is_a_bad_request()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var app = await StartAsync(sidecar);

        using var answer = await app.Http.GetAsync("/widgets/keyless");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        sidecar.Requests.ShouldBeEmpty();
    }

    private static Task<TestApp> StartAsync(FakeSidecar sidecar) => TestApp.StartAsync(
        app => app.MapControllers(),
        services => services
            .AddControllers()
            .AddApplicationPart(typeof(WidgetsController).Assembly)
            .AddDapr(builder => builder.UseHttpEndpoint(sidecar.Endpoint)));
}

[ApiController]
[Route("widgets")]
public sealed class WidgetsController : ControllerBase
{
    [HttpGet("value/{id}")]
    public string Value([FromState("store", "id")] int? widget) => widget?.ToString() ?? "nothing";

    [HttpGet("entry/{widget}")]
    public string Entry([FromState("store")] StateEntry<int?> widget) => $"{widget.Key} {widget.Value} {widget.ETag}";

    [HttpGet("keyless")]
    public string Keyless([FromState("store")] int? widget) => $"{widget}";
}
