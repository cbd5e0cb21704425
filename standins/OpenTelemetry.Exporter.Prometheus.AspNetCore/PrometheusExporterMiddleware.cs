using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OpenTelemetry.Exporter.Serialization;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>
/// Answers a scrape: 200 with the metrics, 408 where the scraper's own time (X-Prometheus-Scrape-Timeout-Seconds) is over, 500 where nothing can
/// be collected.
/// </summary>
internal sealed class PrometheusExporterMiddleware
{
    private readonly PrometheusExporter? exporter;

    // A pipeline's last step: nothing comes behind it.
    public PrometheusExporterMiddleware(MeterProvider meterProvider, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(meterProvider);
        ArgumentNullException.ThrowIfNull(next);
        exporter = PrometheusExporter.Of(meterProvider);
        if (exporter is null && Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED") is not "true")
        {
            throw new ArgumentException("The MeterProvider has no Prometheus exporter: call AddPrometheusExporter.", nameof(meterProvider));
        }
    }

    public async Task InvokeAsync(HttpContext httpContext)
    {
        if (exporter is null)
        {
            // The SDK is switched off: there is nothing to tell.
            return;
        }

        using var timeOut = new CancellationTokenSource();
        if (TimeAllowed(httpContext.Request) is { } allowed)
        {
            timeOut.CancelAfter(allowed);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeOut.Token, httpContext.RequestAborted);
        try
        {
            var format = ScrapeFormat.Negotiate(httpContext.Request.GetTypedHeaders().Accept);
            await WriteAsync(httpContext, format, await exporter.Scrapes.GetAsync(format, stop.Token), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (!httpContext.Response.HasStarted)
            {
                httpContext.Response.StatusCode = StatusCodes.Status408RequestTimeout;
            }
        }
        catch (InvalidOperationException) when (!httpContext.Response.HasStarted)
        {
            httpContext.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private static async Task WriteAsync(HttpContext http, ScrapeFormat format, byte[] text, CancellationToken cancellationToken)
    {
        http.Response.ContentType = format.ContentType;
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (!http.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && e.Quality is not 0))
        {
            http.Response.ContentLength = text.Length;
            await http.Response.Body.WriteAsync(text, cancellationToken);
            return;
        }

        http.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(text, cancellationToken);
    }

    private static TimeSpan? TimeAllowed(HttpRequest request) =>
        double.TryParse(
            request.Headers["X-Prometheus-Scrape-Timeout-Seconds"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds is >= 0.001 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
