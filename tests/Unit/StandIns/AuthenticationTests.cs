using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Tests.Unit.StandIns;

public sealed class AuthenticationTests
{
    [Theory]
    [InlineData("secret", "secret", HttpStatusCode.OK)]
    [InlineData("secret", "secreT", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "", HttpStatusCode.Unauthorized)]
    [InlineData("secret", null, HttpStatusCode.Unauthorized)]
    [InlineData("", "", HttpStatusCode.Unauthorized)]
    [InlineData(null, "anything", HttpStatusCode.Unauthorized)]
    public async Task only_the_sidecar_gets_in(string? expected, string? sent, HttpStatusCode status)
    {
        await using var app = await TestApp.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/", (System.Security.Claims.ClaimsPrincipal user) => user.Identity!.Name)
                    .RequireAuthorization("Dapr");
                app.MapGet("/open", () => "");
            },
            services =>
            {
                services.AddAuthentication().AddDapr(options => options.Token = expected);
                services.AddAuthorization(options => options.AddDapr());
            });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (sent is not null)
        {
            request.Headers.TryAddWithoutValidation("dapr-api-token", sent);
        }

        using var answer = await app.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.OK)
        {
            (await answer.Content.ReadAsStringAsync()).ShouldBe("Dapr");
        }

        (await app.Http.GetAsync("/open")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
