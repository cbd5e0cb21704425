using System.Reflection;
using Microsoft.Playwright;
using Tests.Servers;

namespace Tests.Browser;

/// <summary>Debian's Chromium, without a window, driven by Playwright; one for all tests. Skips them, with the reason, where it is not installed.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string ProgramName = "chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        // Skipping is the tests' own: a fixture that throws fails them.
        if (Programs.Find(ProgramName) is not { } path)
        {
            return;
        }

        var package = typeof(Chromium).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "PlaywrightPackage").Value;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            // Chromium's sandbox does not work for root; what is opened here are our own pages.
            Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A page of a fresh profile, or the test is skipped.</summary>
    public async Task<IPage> OpenAsync(int width = 1400, int height = 900)
    {
        Needs.Program(ProgramName, ProgramName);
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });
        return await context.NewPageAsync();
    }
}
