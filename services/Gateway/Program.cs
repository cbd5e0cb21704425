using Contracts;
using Gateway.Customers;
using Gateway.Forwarding;
using Gateway.Invoicing;
using Gateway.Operations;
using Gateway.Ordering;
using Gateway.Stock;
using Gateway.Views;
using ServiceDefaults.Hosting;
using ServiceDefaults.Problems;

var builder = WebApplication.CreateBuilder(args);
builder.AddAppDefaults(AppIds.Gateway);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = RequestLimits.BodyBytesMax);
builder.Services.AddSingleton<ServiceProxy>();
builder.AddViews();
builder.Services.AddOpenApi();

var app = builder.Build();
app.UseProblemResponses();
app.MapGet("/healthz", () => TypedResults.Ok("healthy")).ExcludeFromDescription();
app.MapOpenApi();
app.MapOrders();
app.MapViews();
app.MapStock();
app.MapInvoices();
app.MapCustomers();
app.MapOperations();
app.Run();
