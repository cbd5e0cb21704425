using Contracts;
using Inventory.Adjusting;
using Inventory.Products;
using Inventory.Reading;
using Inventory.Reserving;
using Inventory.Storage;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddConsistentService(AppIds.Inventory, options => new InventoryDb(options));

var app = builder.Build();
app.MapConsistentService<InventoryDb>(StockQueries.CountHeld);
app.MapProducts();
app.MapAdjusting();
app.MapReserving();
app.MapReading();
app.MapDeadLetters<InventoryDb>(Topics.Orders);
app.Run();
