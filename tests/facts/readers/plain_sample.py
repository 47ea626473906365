"""A table of one's own in the plain layout."""

PLAIN = b"""year,month,importer,exporter,product,value,quantity,reported_by,note
2023,,JPN,CHN,850511,800,20,,
2023,,JPN,Viet Nam,850511,100,,importer,never weighed
2023,,JPN,KR,850511,0,0,,none at all
2023,,JPN,CHN,850511,750,19,exporter,
2023,,JPN,World,850511,900,20,,
2023,,JPN,USA,850511,,,,
"""
