using Sidecar.Hosting;

namespace Sidecar.Http;

/// <summary>GET /v1.0/healthz and /v1.0/healthz/outbound. Both are open to callers without a token, and never traced.</summary>
internal sealed class HealthApi(AppRuntime runtime)
{
    private static readonly ApiError NotReady = new(500, "ERR_HEALTH_NOT_READY", "dapr is not ready: [app]");
    private static readonly ApiError OtherApp = new(500, "ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match");

    private volatile bool _ready;

    /// <summary>Ready once the app port has been open; an app that goes away later does not make its sidecar unready.</summary>
    public Task GetAsync(HttpContext http)
    {
        if (!_ready)
        {
            _ready = runtime.App.BaseAddress is null || runtime.App.HasBeenReady;
        }
        return !_ready ? Answers.Error(http, NotReady) : Outbound(http);
    }

    /// <summary>Ready for calls out of the app, which needs no app port.</summary>
    public Task GetOutboundAsync(HttpContext http) => Outbound(http);

    private Task Outbound(HttpContext http) =>
        http.Request.QueryString.HasValue && http.Request.Query["appid"] is [{ Length: > 0 } id, ..] && id != runtime.AppId
            ? Answers.Error(http, OtherApp)
            : Answers.Empty(http);
}
