using System.Text;

namespace Sidecar.Zipkin.Http;

/// <summary>Zipkin's errors are plain text.</summary>
internal static class TextAnswer
{
    public static Task WriteAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text + "\n", Encoding.UTF8, http.RequestAborted);
    }
}
